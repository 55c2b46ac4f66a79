// The rules for keys. A key stands alone in its row, so no character in it may end a line or a word for any
// reader: no C0 and C1 controls, and none on which Python's str.split() and str.splitlines() break. Keys stay
// bytes, because a string for each one takes 0.6 µs, five times the cost of a whole put (Deno 2.9.6).

const FIRST_NON_ASCII = 0x80;
const SPACE = 0x20;
const FIRST_LEAD = 0xc2;
const LAST_LEAD = 0xf4;
const LAST_CODE_POINT = 0x10ffff;

// The smallest code point that needs as many bytes as the index says.
const FIRST_CODE_POINTS: readonly number[] = [0, 0, 0x80, 0x800, 0x10000];

/**
 * Whether bytes are a key: at least one byte, valid UTF-8, no control character, no white space.
 *
 * `*` passes; its meaning, all keys, is a matter of the commands.
 */
export function isKey(bytes: Uint8Array, start: number, end: number): boolean {
  let position = start;
  while (position < end) {
    const byte = bytes[position]!;
    if (byte <= SPACE) return false;
    const length = byte < FIRST_NON_ASCII ? 1 : measureCharacter(bytes, position, end);
    if (length === 0) return false;
    position += length;
  }
  return start < end;
}

// Bytes of a character beyond ASCII; 0 if it is not well-formed (Unicode 16, table 3-7) or not allowed in a
// key.
function measureCharacter(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]!;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < FIRST_LEAD || first > LAST_LEAD || start + length > end) return 0;
  let codePoint = first & (0x7f >> length);
  for (let position = start + 1; position < start + length; position++) {
    const byte = bytes[position]!;
    if ((byte & 0xc0) !== 0x80) return 0;
    codePoint = codePoint * 64 + (byte & 0x3f);
  }
  const isCharacter = codePoint >= FIRST_CODE_POINTS[length]! && codePoint <= LAST_CODE_POINT &&
    (codePoint < 0xd800 || codePoint > 0xdfff);
  return isCharacter && !isBreak(codePoint) ? length : 0;
}

function isBreak(codePoint: number): boolean {
  if (codePoint <= 0xa0) return true;
  if (codePoint < 0x1680) return false;
  return codePoint === 0x1680 || (codePoint >= 0x2000 && codePoint <= 0x200a) || codePoint === 0x2028 ||
    codePoint === 0x2029 || codePoint === 0x202f || codePoint === 0x205f || codePoint === 0x3000;
}
