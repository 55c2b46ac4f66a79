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
const SHARED_PIECES = 32;

/**
 * A long text as bytes, made piece by piece, as the quickest reader takes it.
 *
 * All pieces are kept for later readers if there is room. Otherwise several readers at once share the last
 * pieces, and a reader too slow for that makes its own. A piece is valid until the next one is requested.
 */
export class SharedPieces implements AsyncIterable<Uint8Array> {
  readonly #text: RowedText;
  readonly #hasRoom: (bytes: number) => boolean;
  readonly #kept = new Map<number, Uint8Array>();
  #keepsAll = true;
  #keptBytes = 0;
  #keptUpTo = 0;
  #readers = 0;

  /**
   * Takes the text, without making anything yet.
   *
   * @param hasRoom whether this many bytes may be kept; not asked again after it said no. No, by default
   */
  constructor(text: RowedText, hasRoom: (bytes: number) => boolean = () => false) {
    this.#text = text;
    this.#hasRoom = hasRoom;
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
      if (this.#readers === 0 && !this.#keepsAll) this.#drop();
    }
  }

  #make(writer: PieceWriter, index: number, pieces: number): Uint8Array {
    this.#write(writer, index, pieces);
    const { written } = writer;
    if (index < this.#keptUpTo || !this.#mayKeep(written.length)) return written;
    this.#keptUpTo = index + 1;
    const piece = written.slice();
    this.#kept.set(index, piece);
    if (!this.#keepsAll) this.#kept.delete(index - SHARED_PIECES);
    return piece;
  }

  #mayKeep(bytes: number): boolean {
    if (this.#keepsAll && !this.#hasRoom(this.#keptBytes += bytes)) {
      this.#keepsAll = false;
      this.#drop();
    }
    return this.#keepsAll || this.#readers > 1;
  }

  #drop(): void {
    this.#kept.clear();
    this.#keptUpTo = 0;
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
