/** A long text in rows, and what stands around them. */
export interface RowedText {
  /** How many rows it has. */
  readonly count: number;
  /** Text before the rows. */
  readonly head: string;
  /** Text after them. */
  readonly tail: string;
  /** The text of a row. @param place from 0 */
  readonly rowOf: (place: number) => string;
}

const ROWS_IN_A_PIECE = 256;

/**
 * A long text as bytes, made piece by piece as the quickest reader takes it. Several readers at once share the pieces; for
 * one alone none is kept.
 */
export class SharedPieces implements AsyncIterable<Uint8Array> {
  readonly #text: RowedText;
  readonly #pieces: Uint8Array[] = [];
  #readers = 0;

  /** Takes the text; nothing is made yet. */
  constructor(text: RowedText) {
    this.#text = text;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    const count = Math.max(1, Math.ceil(this.#text.count / ROWS_IN_A_PIECE));
    this.#readers++;
    try {
      for (let index = 0; index < count; index++) {
        const piece = this.#pieces[index] ?? this.#make(index, index === count - 1);
        if (this.#readers > 1) this.#pieces[index] = piece;
        yield piece;
      }
    } finally {
      this.#readers--;
      if (this.#readers === 0) this.#pieces.length = 0;
    }
  }

  #make(index: number, isLast: boolean): Uint8Array {
    const { count, head, tail, rowOf } = this.#text;
    let text = index === 0 ? head : "";
    const end = Math.min(count, (index + 1) * ROWS_IN_A_PIECE);
    for (let place = index * ROWS_IN_A_PIECE; place < end; place++) text += rowOf(place);
    return new TextEncoder().encode(isLast ? text + tail : text);
  }
}
