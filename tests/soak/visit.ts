import { type ResponseHead, ResponseReader } from "../bench/response_reader.ts";
import type { Random } from "../support/random.ts";
import { isPattern } from "./pattern.ts";

/** Whether a connection can be used again. */
export type Afterwards = "goes on" | "is over";

const SLOW_ONE_IN = 8;
const MAX_PAUSE_MS = 10;
const MAX_PIECES = 5;

const encoder = new TextEncoder();

/** A connection to the server of the soak, with random choices. */
export class Visit {
  /** Makes the random choices. */
  readonly random: Random;
  readonly #connection: Deno.TcpConn;
  readonly #responses: ResponseReader;

  private constructor(connection: Deno.TcpConn, random: Random) {
    this.random = random;
    this.#connection = connection;
    this.#responses = new ResponseReader(connection);
  }

  /** Connects. */
  static async begin(port: number, random: Random): Promise<Visit> {
    return new Visit(await Deno.connect({ hostname: "127.0.0.1", port }), random);
  }

  /** Sends text or bytes, now and then in pieces with pauses between them. */
  async send(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === "string" ? encoder.encode(content) : content;
    const pieces = this.random.happens(SLOW_ONE_IN) ? 1 + this.random.below(MAX_PIECES) : 1;
    const size = Math.max(1, Math.ceil(bytes.length / pieces));
    for (let start = 0; start < bytes.length; start += size) {
      if (start > 0) await new Promise((go) => setTimeout(go, this.random.below(MAX_PAUSE_MS)));
      await this.#write(bytes.subarray(start, start + size));
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
  }

  /** Sends FIN. */
  end(): Promise<void> {
    return this.#connection.closeWrite();
  }

  /** Reads the head of the next response. @throws {Error} when it has a different status */
  async expect(status: number): Promise<ResponseHead> {
    const head = await this.#responses.readHead();
    if (head.status !== status) throw new Error(`expected ${status}, got ${JSON.stringify(head.text)}`);
    return head;
  }

  /** Reads the content after a head. @throws {Error} when a byte differs from the pattern, or the length is wrong */
  async expectPattern(head: ResponseHead, number: number, start: number, length: number): Promise<void> {
    let at = start;
    await this.#responses.readBody(head, (piece) => {
      if (!isPattern(piece, number, at)) {
        throw new Error(`wrong bytes between ${at} and ${at + piece.length}`);
      }
      at += piece.length;
    });
    if (at - start !== length) throw new Error(`expected ${length} bytes, got ${at - start}`);
  }

  /** Reads the content after a head as text. */
  async readText(head: ResponseHead): Promise<string> {
    let text = "";
    await this.#responses.readBody(head, (piece) => text += new TextDecoder().decode(piece));
    return text;
  }

  /** Reads a few bytes of a response and leaves the rest. */
  async glance(): Promise<void> {
    await this.#connection.read(new Uint8Array(1 + this.random.below(40_000)));
  }

  /** Reads the end of the connection. @throws {Error} when more bytes come */
  expectEnd(): Promise<void> {
    return this.#responses.readEnd();
  }

  /** Closes the connection: with a reset if something is unread. May be called twice. */
  leave(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}
