/**
 * A checksum of 32 bits (FNV-1a) that finds damage in storage: each step maps different states to different states,
 * so that one changed byte always shows.
 */
export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < bytes.length; position++) {
    hash = Math.imul(hash ^ bytes[position]!, 0x01000193);
  }
  return hash >>> 0;
}
