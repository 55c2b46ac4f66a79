import { freeBytes } from "../bytes/free_bytes.ts";

/** The treatment of an array whose bytes came. */
export interface Arrival {
  /** Whether it can be given away. */
  readonly isOwn: boolean;
  /** The bytes from `start` on, in an array of ours. */
  readonly keep: (bytes: Uint8Array<ArrayBuffer>, start: number) => Uint8Array<ArrayBuffer>;
  /** All bytes are copied. */
  readonly release: (bytes: Uint8Array<ArrayBuffer>) => void;
}

// Smaller arrays are left to the collector. A view of such an array ends where the array ends; to ask for its
// buffer would cost 0.25 µs on Bun 1.4.5, which makes that buffer only then.
const LARGE_BYTES = 16_384;

/** The runtime may reuse the array. */
export const BORROWED: Arrival = {
  isOwn: false,
  // Not `slice`, which makes another view of the same bytes if it is a Buffer.
  keep: (bytes, start) => new Uint8Array(bytes.subarray(start)),
  release: () => {},
};
/** The array is ours alone. */
export const OWN: Arrival = {
  isOwn: true,
  keep: (bytes, start) => bytes.subarray(start),
  release: (bytes) => bytes.byteOffset + bytes.length >= LARGE_BYTES ? freeBytes(bytes) : undefined,
};
