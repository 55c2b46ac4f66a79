// Every row in storage begins with a checksum over its other bytes and over its place, so that neither a
// changed byte nor a row in another's place passes for a sample.

/** The number of bytes of the checksum at the start of a row. */
export const CHECKSUM_BYTES = 4;

/**
 * Writes the checksum into the first bytes of a row.
 *
 * @param place integers from 0 that identify the row's place
 */
export function signRow(row: Uint8Array, ...place: number[]): void {
  const sum = checksum(row, 0, row.length, place);
  for (let index = 0; index < CHECKSUM_BYTES; index++) row[index] = sum >>> 8 * index;
}

/** Compares a row with its checksum. @throws {RangeError} when the row, or its place, is wrong */
export function checkRow(row: Uint8Array, ...place: number[]): void {
  checkBytes(row, 0, row.length, place);
}

/**
 * Compares a row that lies in a larger array with its checksum.
 *
 * @throws {RangeError} like {@linkcode checkRow}
 */
export function checkBytes(bytes: Uint8Array, start: number, end: number, place: readonly number[]): void {
  if (end - start < CHECKSUM_BYTES || readNumber(bytes, start) !== checksum(bytes, start, end, place)) {
    throw new RangeError("Cannot read a row: the checksum differs");
  }
}

// Little-endian, as it is written. A view for each of a million rows would cost more than their checksums.
function readNumber(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24) >>> 0;
}

// FNV-1a: each step maps different states to different states, so that one changed byte always shows.
function checksum(bytes: Uint8Array, start: number, end: number, place: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const number of place) {
    hash = Math.imul(hash ^ number, 0x01000193);
    hash = Math.imul(hash ^ (number / 2 ** 32), 0x01000193);
  }
  for (let position = start + CHECKSUM_BYTES; position < end; position++) {
    hash = Math.imul(hash ^ bytes[position]!, 0x01000193);
  }
  return hash >>> 0;
}
