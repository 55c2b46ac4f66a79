import { assertEquals } from "@std/assert";
import { ROOT, startCommand, withDirectory } from "../support/program.ts";

const MAX_DESCRIPTORS = 100;
const CLIENTS = 140;

/** The status of the response to one GET; undefined when the server says nothing before it ends the connection. */
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

Deno.test("static lives on when descriptors run out before its first response, and answers when some are free", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/a.txt`, "hello");
    const program = await startCommand(
      new Deno.Command("sh", {
        args: [
          "-c",
          `ulimit -n ${MAX_DESCRIPTORS}; exec "$@"`,
          "sh",
          ...[Deno.execPath(), "run", "--quiet", "--allow-net", "--allow-read", `${ROOT}mod.ts`],
          ...["static", "--port", "0", "-r", directory],
        ],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }),
    );
    const connections: Deno.TcpConn[] = [];
    for (let i = 0; i < CLIENTS; i++) {
      connections.push(await Deno.connect({ hostname: "127.0.0.1", port: program.port }));
    }
    // One after the other: each that is answered leaves, and so frees a descriptor.
    const statuses: (string | undefined)[] = [];
    for (const connection of connections) statuses.push(await ask(connection));
    assertEquals(statuses.filter((status) => status === undefined), []);
    assertEquals(statuses.at(-1), "200");
    assertEquals((await program.stop()).code, 0);
  });
});
