// @ts-check
// Bytes in hexadecimal digits, with their characters next to them.

/**
 * The number of rows for a number of bytes.
 *
 * @param {number} byteCount
 * @param {number} width bytes in a row
 * @returns {number}
 */
export function hexRowCount(byteCount, width) {
  return Math.ceil(byteCount / width);
}

/**
 * The offset of a byte: `0000001a`.
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
 * A byte as its ASCII character, or as a dot if the character is not visible.
 *
 * @param {number} byte
 * @returns {string}
 */
export function asciiText(byte) {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
}
