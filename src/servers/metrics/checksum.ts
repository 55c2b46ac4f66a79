// Every row in storage begins with a checksum over its other bytes and over where it belongs, so that neither a changed
// byte nor a row in another's place passes for a sample.

/** How many bytes at the start of a row its checksum takes. */
export const CHECKSUM_BYTES = 4;

/** Writes the checksum into the first bytes of a row. @param place integers from 0 that say where the row belongs */
export function signRow(row: Uint8Array, ...place: number[]): void {
  viewOf(row).setUint32(0, checksum(row, place), true);
}

/** Compares a row with its checksum. @throws {RangeError} when the row, or its place, is another */
export function checkRow(row: Uint8Array, ...place: number[]): void {
  if (row.length < CHECKSUM_BYTES || viewOf(row).getUint32(0, true) !== checksum(row, place)) {
    throw new RangeError("Cannot read a row: the checksum differs");
  }
}

// FNV-1a: each step maps different states to different states, so that one changed byte always shows.
function checksum(row: Uint8Array, place: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const number of place) {
    hash = Math.imul(hash ^ number, 0x01000193);
    hash = Math.imul(hash ^ (number / 2 ** 32), 0x01000193);
  }
  for (let position = CHECKSUM_BYTES; position < row.length; position++) {
    hash = Math.imul(hash ^ row[position]!, 0x01000193);
  }
  return hash >>> 0;
}

function viewOf(row: Uint8Array): DataView {
  return new DataView(row.buffer, row.byteOffset, row.byteLength);
}
