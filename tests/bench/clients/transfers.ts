import { ResponseReader } from "../response_reader.ts";

const PIECE_BYTES = 65_536;
const PIECE = new Uint8Array(PIECE_BYTES).fill(120);

/** A path and how its content is framed. */
export type UploadFraming = "length" | "chunked";

/** Asks for a hello, so that the server has sent one response before its memory is measured. */
export async function askHello(port: number): Promise<void> {
  await withConnection(port, async (connection) => {
    await writeText(connection, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const text = await readText(connection);
    if (text !== "hello world") {
      throw new Error(`Cannot use the response: expected "hello world", got "${text}"`);
    }
  });
}

/**
 * Sends content to `/upload` and checks that the server says how much it got.
 *
 * @param totalBytes a multiple of 64 KiB
 * @throws {Error} when the response is a different one
 */
export async function upload(port: number, totalBytes: number, framing: UploadFraming): Promise<void> {
  const response = await sendContent(port, totalBytes, framing);
  if (response !== String(totalBytes)) {
    throw new Error(`Cannot use the response: expected 200 "${totalBytes}", got "${response}"`);
  }
}

/**
 * Sends content to `/upload`.
 *
 * @param totalBytes a multiple of 64 KiB
 * @returns the content of the response
 * @throws {Error} when the response is not 200
 */
export async function sendContent(
  port: number,
  totalBytes: number,
  framing: UploadFraming,
): Promise<string> {
  const field = framing === "length" ? `Content-Length: ${totalBytes}` : "Transfer-Encoding: chunked";
  return await withConnection(port, async (connection) => {
    await writeText(connection, `POST /upload HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${field}\r\n\r\n`);
    const piece = framing === "length" ? PIECE : toChunk(PIECE);
    for (let sent = 0; sent < totalBytes; sent += PIECE_BYTES) await writeAll(connection, piece);
    if (framing === "chunked") await writeText(connection, "0\r\n\r\n");
    return await readText(connection);
  });
}

/** Fetches `/download` and checks its size. @throws {Error} when the size is wrong, or the content is not chunked */
export async function download(port: number, totalBytes: number): Promise<void> {
  await withConnection(port, async (connection) => {
    await writeText(connection, `GET /download HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const responses = new ResponseReader(connection);
    const head = await responses.readHead();
    if (head.contentLength !== undefined) throw new Error("Cannot use the response: it is not chunked");
    const size = await responses.readBody(head);
    if (size !== totalBytes) {
      throw new Error(`Cannot use the response: expected ${totalBytes} bytes, got ${size}`);
    }
  });
}

async function withConnection<T>(port: number, use: (connection: Deno.Conn) => Promise<T>): Promise<T> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

async function readText(connection: Deno.Conn): Promise<string> {
  const responses = new ResponseReader(connection);
  let text = "";
  const head = await responses.readHead();
  await responses.readBody(head, (piece) => text += new TextDecoder().decode(piece));
  if (head.status !== 200) throw new Error(`Cannot use the response: got ${head.status} "${text}"`);
  return text;
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
