import { within } from "./deadline.ts";

/** A client that sends any bytes, and sees the bytes that come. */
export class RawClient {
  readonly #conn: Deno.TcpConn;
  #text = "";

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** What has been read, as latin1 text. */
  get text(): string {
    return this.#text;
  }

  /** The client's own port. */
  get port(): number {
    return (this.#conn.localAddr as Deno.NetAddr).port;
  }

  /** Sends text (UTF-8) or bytes. */
  async send(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
  }

  /** Sends FIN; reading goes on. */
  async end(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Reads until all that was read contains the text, or the server ends. @returns all that was read */
  async readUntil(part: string): Promise<string> {
    while (!this.#text.includes(part) && await this.#readMore());
    return this.#text;
  }

  /** Reads until the server ends, by FIN or reset. @returns all that was read */
  async readAll(): Promise<string> {
    while (await this.#readMore());
    return this.#text;
  }

  /** Closes the connection; with unread bytes the server sees a reset. */
  close(): void {
    this.#conn.close();
  }

  async #readMore(): Promise<boolean> {
    const buffer = new Uint8Array(65_536);
    try {
      const count = await within(
        this.#conn.read(buffer),
        `bytes after ${JSON.stringify(this.#text.slice(-200))}`,
      );
      if (count === null) return false;
      let text = "";
      for (let i = 0; i < count; i++) text += String.fromCharCode(buffer[i]!);
      this.#text += text;
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) {
        return false;
      }
      throw error;
    }
  }
}

/** Connects to a port of this machine. */
export async function connectRaw(port: number): Promise<RawClient> {
  return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
}

/** Sends text on a connection of its own and reads until the server ends it. */
export async function exchange(port: number, text: string | Uint8Array): Promise<string> {
  const client = await connectRaw(port);
  try {
    await client.send(text).catch(() => {});
    return await client.readAll();
  } finally {
    client.close();
  }
}

/** Sends text on a connection of its own, ends sending, and reads until the server ends it. */
export async function exchangeWithEnd(port: number, text: string | Uint8Array): Promise<string> {
  const client = await connectRaw(port);
  try {
    await client.send(text);
    await client.end();
    return await client.readAll();
  } finally {
    client.close();
  }
}

const CONNECT_INTERVAL_MS = 5;

/** Waits until no server accepts on a port: a sign that the signal has arrived. */
export async function untilRefused(port: number): Promise<void> {
  const refused = async (): Promise<void> => {
    while (await isAccepting(port)) await new Promise((resolve) => setTimeout(resolve, CONNECT_INTERVAL_MS));
  };
  await within(refused(), `the end of accepting on port ${port}`);
}

async function isAccepting(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    // A closed listener resets connections that it had not accepted, perhaps before their address is read.
    if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.NotConnected) {
      return true;
    }
    throw error;
  }
}
