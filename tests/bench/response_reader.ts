// The client side of HTTP/1.1, just enough to count and check responses. It shares no code with the measured servers.

/** The facts in the head of a response that decide what follows. */
export interface ResponseHead {
  /** Status code. */
  readonly status: number;
  /** The head with its empty line. */
  readonly text: string;
  /** Bytes of the head with its empty line. */
  readonly headBytes: number;
  /** Content-Length, 0 for an interim response; undefined with chunked coding. */
  readonly contentLength: number | undefined;
}

const LATIN1 = new TextDecoder("latin1");
const CR = 13;
const LF = 10;

/**
 * Reads a head that begins at `start`.
 *
 * @returns undefined while the head is not complete
 * @throws {Error} when it is not an HTTP/1.1 response, or has neither a Content-Length nor chunked coding
 */
export function parseResponseHead(bytes: Uint8Array, start: number, end: number): ResponseHead | undefined {
  // Without this check, the search in an empty buffer would look through all earlier bytes.
  if (start === end) return undefined;
  const bodyStart = findBody(bytes, start, end);
  if (bodyStart === undefined) return undefined;
  const head = LATIN1.decode(bytes.subarray(start, bodyStart));
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(head)?.[1];
  if (status === undefined) {
    throw new Error(`Cannot read the response: no status line in ${JSON.stringify(head)}`);
  }
  const isInterim = status.startsWith("1");
  const length = isInterim ? "0" : /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
  if (length === undefined && !/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) {
    throw new Error(`Cannot read the response: no framing in ${JSON.stringify(head)}`);
  }
  return {
    status: Number(status),
    text: head,
    headBytes: bodyStart - start,
    contentLength: length === undefined ? undefined : Number(length),
  };
}

function findBody(bytes: Uint8Array, start: number, end: number): number | undefined {
  for (let at = bytes.indexOf(CR, start); at !== -1 && at + 3 < end; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at + 4;
  }
  return undefined;
}

/** The connection ended too early. */
export class EarlyEnd extends Error {
  /** The class name. */
  override readonly name: string = "EarlyEnd";
}

/** Reads whole responses from one connection. */
export class ResponseReader {
  readonly #connection: Deno.Conn;
  readonly #buffer = new Uint8Array(262_144);
  #start = 0;
  #end = 0;

  /** @param connection must have no other reader */
  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Reads the head of the next response. @throws {Error} when the connection ends first, or the head is wrong */
  async readHead(): Promise<ResponseHead> {
    for (;;) {
      const head = parseResponseHead(this.#buffer, this.#start, this.#end);
      if (head !== undefined) {
        this.#start += head.headBytes;
        return head;
      }
      await this.#fill();
    }
  }

  /** Reads the content that follows a head and shows it piece by piece. @returns its size in bytes */
  async readBody(head: ResponseHead, onPiece: (piece: Uint8Array) => void = () => {}): Promise<number> {
    if (head.contentLength !== undefined) return await this.#readBytes(head.contentLength, onPiece);
    let total = 0;
    for (let size = await this.#readChunkSize(); size > 0; size = await this.#readChunkSize()) {
      total += await this.#readBytes(size, onPiece);
      await this.#readLine();
    }
    await this.#readLine();
    return total;
  }

  /** Reads the end of the connection. @throws {Error} when more bytes come */
  async readEnd(): Promise<void> {
    const extra = this.#end > this.#start || await this.#connection.read(this.#buffer) !== null;
    if (extra) throw new Error("Cannot read the end: there is something after the last response");
  }

  async #readChunkSize(): Promise<number> {
    const line = await this.#readLine();
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`Cannot read the chunk size: got "${line}"`);
    return parseInt(line, 16);
  }

  async #readLine(): Promise<string> {
    for (;;) {
      const at = this.#buffer.indexOf(LF, this.#start);
      if (at !== -1 && at < this.#end) {
        const line = LATIN1.decode(this.#buffer.subarray(this.#start, at - 1));
        this.#start = at + 1;
        return line;
      }
      await this.#fill();
    }
  }

  async #readBytes(count: number, onPiece: (piece: Uint8Array) => void): Promise<number> {
    for (let left = count; left > 0;) {
      if (this.#start === this.#end) await this.#fill();
      const piece = this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + left));
      this.#start += piece.length;
      left -= piece.length;
      onPiece(piece);
    }
    return count;
  }

  async #fill(): Promise<void> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    if (this.#end === this.#buffer.length) throw new Error("Cannot read the response: its head is too long");
    const count = await this.#connection.read(this.#buffer.subarray(this.#end));
    if (count === null) throw new EarlyEnd("Cannot read the response: the connection ended early");
    this.#end += count;
  }
}
