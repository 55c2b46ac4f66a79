/** The byte that ends a line. */
export const LINE_FEED = 0x0a;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of bytes; bytes that are not UTF-8 become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
