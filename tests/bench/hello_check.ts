import { ResponseReader } from "./response_reader.ts";
import { withDeadline } from "./processes.ts";

const EXPECTED = "hello world";
const DEADLINE_MS = 5_000;
const PIPELINED = 16;

/**
 * Checks, before anything is measured, that a server responds with the right bytes, alone and pipelined.
 *
 * @throws {Error} naming the response that came instead
 */
export async function checkHello(port: number): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await withDeadline(exchange(connection, port), DEADLINE_MS, "Cannot check the responses");
  } finally {
    connection.close();
  }
}

async function exchange(connection: Deno.Conn, port: number): Promise<void> {
  const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
  const responses = new ResponseReader(connection);
  for (const count of [1, PIPELINED]) {
    await connection.write(new TextEncoder().encode(request.repeat(count)));
    for (let seen = 0; seen < count; seen++) await checkResponse(responses);
  }
}

async function checkResponse(responses: ResponseReader): Promise<void> {
  const head = await responses.readHead();
  let text = "";
  await responses.readBody(head, (piece) => text += new TextDecoder().decode(piece));
  if (head.status !== 200 || text !== EXPECTED) {
    throw new Error(`Cannot use the server: expected 200 "${EXPECTED}", got ${head.status} "${text}"`);
  }
}
