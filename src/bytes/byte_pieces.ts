/** Bytes in several pieces, in order. A page keeps the parts that never change, and adds those that do. */
export class BytePieces {
  /** The pieces; they must stay as they are. */
  readonly pieces: readonly Uint8Array[];
  /** Bytes in all. */
  readonly length: number;

  /**
   * Holds the pieces.
   *
   * @param pieces taken over, not copied
   */
  constructor(pieces: readonly Uint8Array[]) {
    this.pieces = pieces;
    let length = 0;
    for (const piece of pieces) length += piece.length;
    this.length = length;
  }

  /** The bytes as text in UTF-8. */
  toString(): string {
    const decoder = new TextDecoder();
    return this.pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
  }
}
