// Content that both sides can make from a number, so that every byte of it can be checked.

/** The bytes of the content of this number, from `start` on. */
export function makePattern(number: number, start: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = patternByte(number, start + i);
  return bytes;
}

/** Whether bytes equal the content of this number, from `start` on. */
export function isPattern(bytes: Uint8Array, number: number, start: number): boolean {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== patternByte(number, start + i)) return false;
  }
  return true;
}

function patternByte(number: number, offset: number): number {
  return (offset * 31 + (offset >> 8) * 7 + number * 101) & 0xff;
}

/** Sums up bytes so that a changed, lost or moved byte shows (FNV-1a). */
export class Checksum {
  #sum = 0x811c9dc5;

  /** The sum so far. */
  get value(): number {
    return this.#sum >>> 0;
  }

  /** Adds bytes. */
  add(bytes: Uint8Array): void {
    let sum = this.#sum;
    for (let i = 0; i < bytes.length; i++) sum = Math.imul(sum ^ bytes[i]!, 0x01000193);
    this.#sum = sum;
  }
}
