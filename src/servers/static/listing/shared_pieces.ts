import { PieceWriter } from "./piece_writer.ts";

/** A long text in rows, with the text around them. */
export interface RowedText {
  /** The number of rows. */
  readonly count: number;
  /** Text before the rows. */
  readonly head: string;
  /** Text after them. */
  readonly tail: string;
  /** Adds a row. @param place from 0 */
  readonly writeRow: (into: PieceWriter, place: number) => void;
}

const ROWS_IN_A_PIECE = 256;
// Some 1.5 MB: readers that began together are seldom further apart.
const KEPT_PIECES = 32;

/**
 * A long text as bytes, made piece by piece, as the quickest reader takes it. Several readers at once share
 * the last pieces; a reader too slow for that makes its own. For a single reader none is kept. A piece is
 * valid until the next one is requested.
 */
export class SharedPieces implements AsyncIterable<Uint8Array> {
  readonly #text: RowedText;
  readonly #kept = new Map<number, Uint8Array>();
  #keptUpTo = 0;
  #readers = 0;

  /** Takes the text, without making anything yet. */
  constructor(text: RowedText) {
    this.#text = text;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    const count = Math.max(1, Math.ceil(this.#text.count / ROWS_IN_A_PIECE));
    const writer = new PieceWriter();
    this.#readers++;
    try {
      for (let index = 0; index < count; index++) {
        yield this.#kept.get(index) ?? this.#make(writer, index, count);
      }
    } finally {
      this.#readers--;
      if (this.#readers === 0) {
        this.#kept.clear();
        this.#keptUpTo = 0;
      }
    }
  }

  #make(writer: PieceWriter, index: number, pieces: number): Uint8Array {
    this.#write(writer, index, pieces);
    if (this.#readers === 1 || index < this.#keptUpTo) return writer.written;
    this.#keptUpTo = index + 1;
    const piece = writer.written.slice();
    this.#kept.set(index, piece);
    this.#kept.delete(index - KEPT_PIECES);
    return piece;
  }

  /** @param pieces the number of pieces */
  #write(writer: PieceWriter, index: number, pieces: number): void {
    const { count, head, tail, writeRow } = this.#text;
    writer.clear();
    if (index === 0) writer.text(head);
    const end = Math.min(count, (index + 1) * ROWS_IN_A_PIECE);
    for (let place = index * ROWS_IN_A_PIECE; place < end; place++) writeRow(writer, place);
    if (index === pieces - 1) writer.text(tail);
  }
}
