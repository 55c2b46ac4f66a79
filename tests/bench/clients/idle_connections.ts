// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// Opens connections and holds them. On each it first asks for one hello, or sends one line and takes the response:
// idle_connections.ts PORT COUNT [LINE].
// A process of its own, tied to the generator's core. Prints "open COUNT" when all have their response, then waits.

import { ResponseReader } from "../response_reader.ts";

// More at a time would overrun the queue of connections that wait to be accepted.
const AT_A_TIME = 128;

async function main(): Promise<void> {
  const [port = "", count = "", line] = Deno.args;
  const ask = (connection: Deno.Conn): Promise<Deno.Conn> =>
    line === undefined ? askOnce(connection, port) : sayOnce(connection, line);
  const connections: Deno.Conn[] = [];
  const openNext = async (): Promise<void> => {
    while (connections.length < Number(count)) {
      const place = connections.length;
      const connection = Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
      connections.length++;
      connections[place] = await ask(await connection);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, openNext));
  console.log(`open ${connections.length}`);
  await new Promise(() => setInterval(() => connections.length, 60_000));
}

async function askOnce(connection: Deno.Conn, port: string): Promise<Deno.Conn> {
  await connection.write(new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
  const responses = new ResponseReader(connection);
  const head = await responses.readHead();
  await responses.readBody(head);
  if (head.status !== 200) throw new Error(`Cannot use the server: expected 200, got ${head.status}`);
  return connection;
}

async function sayOnce(connection: Deno.Conn, line: string): Promise<Deno.Conn> {
  await connection.write(new TextEncoder().encode(`${line}\n`));
  if (await connection.read(new Uint8Array(1_024)) === null) {
    throw new Error("Cannot use the server: it closed");
  }
  return connection;
}

if (import.meta.main) await main();
