// @ts-check
// Takes a content coding off (RFC 9110 §8.4), for reading.

/** @import { Pair } from "../page_types.ts" */

// Some senders use the bare format as "deflate" too.
const FORMATS = new Map([
  ["gzip", ["gzip"]],
  ["x-gzip", ["gzip"]],
  ["deflate", ["deflate", "deflate-raw"]],
]);

// A small body can unpack to gigabytes: a slice of it to a thousand times its size, before the limit applies.
const MAX_DECODED_BYTES = 8_388_608;
const SLICE_BYTES = 4_096;

/**
 * The content without its coding.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {readonly Pair[]} headers
 * @param {() => Promise<{ bytes: Uint8Array<ArrayBuffer> }>} askTrap undoes the codings that a browser cannot
 * @returns {Promise<{ bytes: Uint8Array<ArrayBuffer>, note: string, isCut?: true }>} the bytes as they were if there is no
 *   coding that can be undone; the note describes in words what was done, "" for nothing
 */
export async function decodedContent(bytes, headers, askTrap) {
  const coding = headers.filter(([name]) => name.toLowerCase() === "content-encoding")
    .map(([, value]) => value.trim().toLowerCase()).join(", ");
  if (bytes.length === 0 || coding === "" || coding === "identity") return { bytes, note: "" };
  const formats = FORMATS.get(coding);
  if (formats === undefined) {
    const decoded = await askTrap().catch(() => undefined);
    return decoded === undefined
      ? { bytes, note: `The coding "${coding}" cannot be undone: shown as sent.` }
      : { bytes: decoded.bytes, note: `Unpacked from ${coding}.` };
  }
  for (const format of formats) {
    const { pieces, end } = await unpack(bytes, /** @type {CompressionFormat} */ (format));
    if (pieces.length === 0) continue;
    const unpacked = new Uint8Array(await new Blob(pieces).arrayBuffer());
    const note = `Unpacked from ${coding}${end}.`;
    return end === "" ? { bytes: unpacked, note } : { bytes: unpacked, note, isCut: true };
  }
  return { bytes, note: `The content is not ${coding}, though it says so: shown as sent.` };
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {CompressionFormat} format
 * @returns {Promise<{ pieces: Uint8Array<ArrayBuffer>[], end: string }>}
 */
async function unpack(bytes, format) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  let received = 0;
  const reader = slicesOf(bytes).pipeThrough(new DecompressionStream(format)).getReader();
  try {
    while (received < MAX_DECODED_BYTES) {
      const { done, value } = await reader.read();
      if (done) return { pieces, end: "" };
      pieces.push(value);
      received += value.length;
    }
    await reader.cancel();
    return { pieces, end: ", the beginning" };
  } catch {
    return { pieces, end: ", as far as it is well-formed" };
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
function slicesOf(bytes) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, at += SLICE_BYTES));
    },
  });
}
