// Bun 1.4.5 shows no Content-Type on a Response of text: its own server adds the type when it sends.

const TEXT = "text/plain;charset=utf-8";
const BYTES = "application/octet-stream";
// Only this much is looked at.
const MAX_SAMPLE_BYTES = 4_096;
// Up to this length a loop is faster than a decoder.
const MAX_LOOPED_BYTES = 128;

/** Whether responses of this class hide the type of their text. */
export function hidesTextType(Class: typeof Response): boolean {
  return !new Class("text").headers.has("content-type");
}

/**
 * The type of known content with a hidden type, as the server of Bun sends it.
 *
 * Text cannot be told from bytes here: valid UTF-8 without NUL counts as text.
 */
export function guessType(content: Uint8Array): string {
  if (content.length <= MAX_LOOPED_BYTES && content.every(isPlain)) return TEXT;
  const sample = content.subarray(0, MAX_SAMPLE_BYTES);
  if (sample.includes(0)) return BYTES;
  try {
    // A character that is cut at the end of the sample is not an error.
    new TextDecoder("utf-8", { fatal: true }).decode(sample, { stream: content.length > sample.length });
    return TEXT;
  } catch {
    return BYTES;
  }
}

/** Whether a byte is ASCII, and not NUL. */
function isPlain(byte: number): boolean {
  return byte > 0 && byte < 0x80;
}
