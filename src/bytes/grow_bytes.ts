/**
 * A larger array that begins with the same bytes: at least twice as long, so that bytes that come one by one are copied
 * at most twice.
 *
 * @param usedBytes how many of the bytes are copied
 * @param neededBytes how long the array must be at least
 */
export function growBytes(
  bytes: Uint8Array,
  usedBytes: number,
  neededBytes: number,
): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(Math.max(neededBytes, bytes.length * 2));
  grown.set(bytes.subarray(0, usedBytes));
  return grown;
}
