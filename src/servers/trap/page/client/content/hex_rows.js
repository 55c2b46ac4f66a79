// @ts-check
// Bytes in hexadecimal digits, with their characters next to them.

/**
 * How many rows show so many bytes.
 *
 * @param {number} byteCount
 * @param {number} width bytes in a row
 * @returns {number}
 */
export function hexRowCount(byteCount, width) {
  return Math.ceil(byteCount / width);
}

/**
 * The place of a byte: `0000001a`.
 *
 * @param {number} offset
 * @returns {string}
 */
export function offsetText(offset) {
  return offset.toString(16).padStart(8, "0");
}

/**
 * A byte in two digits.
 *
 * @param {number} byte
 * @returns {string}
 */
export function hexText(byte) {
  return byte.toString(16).padStart(2, "0");
}

/**
 * A byte as the character it is in ASCII, a dot for all that is not visible there.
 *
 * @param {number} byte
 * @returns {string}
 */
export function asciiText(byte) {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
}
