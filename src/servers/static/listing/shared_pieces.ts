import { PieceWriter } from "./piece_writer.ts";

/** A long text in rows, and what stands around them. */
export interface RowedText {
  /** How many rows it has. */
  readonly count: number;
  /** Text before the rows. */
  readonly head: string;
  /** Text after them. */
  readonly tail: string;
  /** Adds a row. @param place from 0 */
  readonly writeRow: (into: PieceWriter, place: number) => void;
}

const ROWS_IN_A_PIECE = 256;

/**
 * A long text as bytes, made piece by piece as the quickest reader takes it. Several readers at once share the pieces; for
 * one alone none is kept. A piece is valid until the next one is asked for.
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
    const writer = new PieceWriter();
    this.#readers++;
    try {
      for (let index = 0; index < count; index++) {
        let piece = this.#pieces[index];
        if (piece === undefined) {
          this.#write(writer, index, count);
          piece = this.#readers === 1 ? writer.written : this.#pieces[index] = writer.written.slice();
        }
        yield piece;
      }
    } finally {
      this.#readers--;
      if (this.#readers === 0) this.#pieces.length = 0;
    }
  }

  /** @param pieces how many there are */
  #write(writer: PieceWriter, index: number, pieces: number): void {
    const { count, head, tail, writeRow } = this.#text;
    writer.clear();
    if (index === 0) writer.text(head);
    const end = Math.min(count, (index + 1) * ROWS_IN_A_PIECE);
    for (let place = index * ROWS_IN_A_PIECE; place < end; place++) writeRow(writer, place);
    if (index === pieces - 1) writer.text(tail);
  }
}
