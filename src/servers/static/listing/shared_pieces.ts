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
const RECENT_PIECES = 32;

/** One pass through a text. */
interface Reader {
  /** The place of the piece that it has. */
  index: number;
  /** Its own room for pieces that are not recent. */
  writer: PieceWriter | undefined;
}

/** A piece that is not kept. */
interface RecentPiece {
  readonly index: number;
  readonly writer: PieceWriter;
}

/**
 * A long text as bytes, made piece by piece, as the quickest reader takes it.
 *
 * All pieces are kept for later readers if there is room. Otherwise several readers at once share the last
 * pieces, and a reader too slow for that makes its own. A piece is valid until the next one is requested.
 */
export class SharedPieces implements AsyncIterable<Uint8Array> {
  readonly #text: RowedText;
  readonly #hasRoom: (bytes: number) => boolean;
  readonly #readers = new Set<Reader>();
  #keepsAll = true;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #spare: PieceWriter | undefined;
  // By index modulo RECENT_PIECES; their room is used again: as garbage, a list of 100,000 entries takes 18 MB.
  #recent: (RecentPiece | undefined)[] = [];

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
    const reader: Reader = { index: 0, writer: undefined };
    this.#readers.add(reader);
    try {
      for (; reader.index < count; reader.index++) {
        yield this.#kept[reader.index] ?? this.#make(reader, count);
      }
    } finally {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#dropRoom();
    }
  }

  #make(reader: Reader, pieces: number): Uint8Array {
    const { index } = reader;
    const recent = this.#recent[index % RECENT_PIECES];
    if (recent?.index === index) return recent.writer.written;
    if (recent !== undefined && recent.index > index) {
      reader.writer ??= new PieceWriter();
      this.#write(reader.writer, index, pieces);
      return reader.writer.written;
    }
    const isFree = recent !== undefined && !this.#isHeld(recent);
    const writer = isFree ? recent.writer : this.#spare ?? new PieceWriter();
    this.#write(writer, index, pieces);
    const isKept = this.#keep(writer.written);
    this.#spare = isKept ? writer : undefined;
    if (isKept) return this.#kept[index]!;
    this.#recent[index % RECENT_PIECES] = { index, writer };
    return writer.written;
  }

  #dropRoom(): void {
    this.#recent = [];
    this.#spare = undefined;
  }

  #isHeld({ index }: RecentPiece): boolean {
    for (const reader of this.#readers) {
      if (reader.index === index) return true;
    }
    return false;
  }

  /** Keeps a copy of the next piece, if there is room for all so far. */
  #keep(piece: Uint8Array): boolean {
    if (!this.#keepsAll) return false;
    this.#keepsAll = this.#hasRoom(this.#keptBytes += piece.length);
    if (this.#keepsAll) this.#kept.push(piece.slice());
    else this.#kept = [];
    return this.#keepsAll;
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
