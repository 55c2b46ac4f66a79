// What may be a key. A key stands alone in its row, so nothing in it may end a line or a word for any reader:
// C0 and C1 controls and all on which Python's str.split() and str.splitlines() break.
// deno-lint-ignore no-control-regex -- the control characters are the point
const BREAKS = /[\u0000-\u0020\u0080-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const FIRST_NON_ASCII = 0x80;
const SPACE = 0x20;

/**
 * Says whether bytes are a key: at least one byte, valid UTF-8, no control character, no white space.
 *
 * `*` passes; that it means all keys is a matter of the commands.
 */
export function isKey(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  for (let position = start; position < end; position++) {
    const byte = bytes[position]!;
    if (byte <= SPACE) return false;
    if (byte >= FIRST_NON_ASCII) return isUnicodeKey(bytes.subarray(start, end));
  }
  return true;
}

function isUnicodeKey(bytes: Uint8Array): boolean {
  try {
    return !BREAKS.test(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // A fatal decoder throws on the first bytes that are no UTF-8.
    return false;
  }
}
