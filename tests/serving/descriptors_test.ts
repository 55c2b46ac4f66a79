import { assertEquals } from "@std/assert";
import { within } from "../support/deadline.ts";
import { ROOT, startCommand, withDirectory } from "../support/program.ts";

const MAX_DESCRIPTORS = 100;
const CLIENTS = 140;

/** The status of the response to one GET; undefined when the server ends the connection without a response. */
async function ask(connection: Deno.TcpConn): Promise<string | undefined> {
  try {
    await connection.write(
      new TextEncoder().encode("GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    );
    const text = await new Response(connection.readable).text();
    return /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

Deno.test("static lives on when descriptors run out before its first response, and responds when some are free again", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/a.txt`, "hello");
    await checkFlood(["static", "--port", "0", "-r", directory]);
  });
});

Deno.test("trap accepts again when descriptors ran out and some are free again", async () => {
  await checkFlood(["trap", "--port", "0", "--ui-port", "0", "--log", "off"]);
});

/** Floods a server with connections, and has it respond to all of them and one more. */
async function checkFlood(args: readonly string[]): Promise<void> {
  const program = await startCommand(
    new Deno.Command("sh", {
      args: [
        "-c",
        `ulimit -n ${MAX_DESCRIPTORS}; exec "$@"`,
        "sh",
        ...[Deno.execPath(), "run", "--quiet", "--allow-net", "--allow-read", `${ROOT}mod.ts`],
        ...args,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }),
  );
  const open = (): Promise<Deno.TcpConn> => Deno.connect({ hostname: "127.0.0.1", port: program.port });
  const connections: Deno.TcpConn[] = [];
  for (let i = 0; i < CLIENTS; i++) connections.push(await open());
  // One after the other: each client that has its response leaves, and so frees a descriptor.
  const statuses: (string | undefined)[] = [];
  for (const connection of connections) statuses.push(await within(ask(connection), "a response"));
  statuses.push(await within(ask(await open()), "a response after the flood"));
  assertEquals(statuses.filter((status) => status === undefined), []);
  assertEquals(statuses.at(-1), "200");
  assertEquals((await program.stop()).code, 0);
}
