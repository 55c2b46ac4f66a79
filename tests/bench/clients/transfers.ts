import { AnswerReader } from "../answers.ts";

const PIECE_BYTES = 65_536;
const PIECE = new Uint8Array(PIECE_BYTES).fill(120);

/** A path and how its content is framed. */
export type UploadFraming = "length" | "chunked";

/** Asks for a hello, so that the server has answered once before its memory is looked at. */
export async function askHello(port: number): Promise<void> {
  await withConnection(port, async (connection) => {
    await writeText(connection, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    await expectText(connection, "hello world");
  });
}

/**
 * Sends content to `/upload` and checks that the server says how much it got.
 *
 * @param totalBytes a multiple of 64 KiB
 * @throws {Error} when the answer is another one
 */
export async function upload(port: number, totalBytes: number, framing: UploadFraming): Promise<void> {
  const field = framing === "length" ? `Content-Length: ${totalBytes}` : "Transfer-Encoding: chunked";
  await withConnection(port, async (connection) => {
    await writeText(connection, `POST /upload HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${field}\r\n\r\n`);
    const piece = framing === "length" ? PIECE : toChunk(PIECE);
    for (let sent = 0; sent < totalBytes; sent += PIECE_BYTES) await writeAll(connection, piece);
    if (framing === "chunked") await writeText(connection, "0\r\n\r\n");
    await expectText(connection, String(totalBytes));
  });
}

/** Fetches `/download` and checks its size. @throws {Error} when it is another one, or not chunked */
export async function download(port: number, totalBytes: number): Promise<void> {
  await withConnection(port, async (connection) => {
    await writeText(connection, `GET /download HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const answers = new AnswerReader(connection);
    const head = await answers.readHead();
    if (head.contentLength !== undefined) throw new Error("Cannot use the answer: it is not chunked");
    const size = await answers.readBody(head);
    if (size !== totalBytes) {
      throw new Error(`Cannot use the answer: expected ${totalBytes} bytes, got ${size}`);
    }
  });
}

async function withConnection(port: number, use: (connection: Deno.Conn) => Promise<void>): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await use(connection);
  } finally {
    connection.close();
  }
}

async function expectText(connection: Deno.Conn, expected: string): Promise<void> {
  const answers = new AnswerReader(connection);
  let text = "";
  const head = await answers.readHead();
  await answers.readBody(head, (piece) => text += new TextDecoder().decode(piece));
  if (head.status !== 200 || text !== expected) {
    throw new Error(`Cannot use the answer: expected 200 "${expected}", got ${head.status} "${text}"`);
  }
}

function toChunk(content: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const size = encoder.encode(`${content.length.toString(16)}\r\n`);
  const chunk = new Uint8Array(size.length + content.length + 2);
  chunk.set(size);
  chunk.set(content, size.length);
  chunk.set(encoder.encode("\r\n"), size.length + content.length);
  return chunk;
}

function writeText(connection: Deno.Conn, text: string): Promise<void> {
  return writeAll(connection, new TextEncoder().encode(text));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}
