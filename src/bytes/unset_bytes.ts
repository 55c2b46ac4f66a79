/** Makes arrays whose bytes are not cleared, as Node and Bun have it. */
interface UnsetBuffers {
  allocUnsafeSlow(size: number): { readonly buffer: ArrayBuffer };
}

/**
 * An array that may hold any bytes: no byte of it may be given to a caller before it is overwritten. Clearing
 * takes a tenth of the time of an upload of 1 MiB (Node 20.20).
 */
export function unsetBytes(length: number): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as { readonly Buffer?: UnsetBuffers };
  return new Uint8Array(Buffer?.allocUnsafeSlow(length).buffer ?? new ArrayBuffer(length));
}
