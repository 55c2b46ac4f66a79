// No request is lost that arrives during the response to the one before, whatever the runtime does in between.

import { assertEquals } from "@std/assert";
import { makeCertificate } from "../support/certificate.ts";
import { within } from "../support/deadline.ts";
import type { Program } from "../support/program.ts";
import { startScript } from "./bundled.ts";
import { test as testCommandLine } from "./command_line.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const REQUESTS = 200;
const PROGRAM = new URL("./lost_requests_program.ts", import.meta.url);

function test(
  kind: string,
  name: string,
  body: (program: Program) => Promise<void>,
  args: readonly string[] = [],
): void {
  for (const runtime of RUNTIMES) {
    testOn(runtime, name, async (binary) => {
      const program = await startScript(PROGRAM, binary, [kind, ...args]);
      try {
        await within(body(program), "all responses");
      } finally {
        await program.stop();
      }
    });
  }
}

/** Counts the bytes that come until the server ends. */
async function countBytes(connection: Deno.Conn): Promise<number> {
  let bytes = 0;
  for await (const piece of connection.readable) bytes += piece.length;
  return bytes;
}

/** The responses to a keep-alive client, one request after the other. */
async function askInTurn(
  client: Deno.HttpClient,
  url: string,
  contents: readonly string[],
): Promise<string[]> {
  const texts: string[] = [];
  for (const body of contents) {
    const response = await fetch(url, { client, ...(body === "" ? {} : { method: "POST", body }) });
    texts.push(await response.text());
  }
  return texts;
}

const CONTENTS = Array.from({ length: REQUESTS }, (_, index) => "y".repeat(1 + index * 37 % 5_000));

test("fetch", "serve() loses no POST of a keep-alive client to a web-standard handler", async ({ port }) => {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 1 });
  assertEquals(await askInTurn(client, `http://127.0.0.1:${port}/`, CONTENTS), CONTENTS);
});

test(
  "fetch",
  "serve() responds to requests that arrive during other responses, also if FIN follows them",
  async ({ port }) => {
    for (let round = 0; round < 50; round++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      for (const path of ["/a", "/b", "/c"]) {
        await connection.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`));
      }
      await connection.closeWrite();
      let text = "";
      for await (const piece of connection.readable) text += new TextDecoder().decode(piece);
      assertEquals(Array.from(text.matchAll(/\r\n\r\n(\/[abc])/g), ([, path]) => path), ["/a", "/b", "/c"]);
    }
  },
);

test(
  "watched",
  "serve() responds to all of 600 pipelined requests to a client that reads late",
  async ({ port }) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const sent = connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(600)))
      .then(() => connection.closeWrite());
    const bytes = await countBytes(connection);
    await sent;
    assertEquals({ rest: bytes % 600, areMany: bytes > 600 * 15_000 }, { rest: 0, areMany: true });
  },
);

const certificate = await makeCertificate();
if (certificate !== undefined) {
  test("fetch", "serve() over TLS loses no request to a web-standard handler", async ({ port }) => {
    using client = Deno.createHttpClient({ caCerts: [certificate.cert], poolMaxIdlePerHost: 1 });
    assertEquals(await askInTurn(client, `https://127.0.0.1:${port}/`, CONTENTS), CONTENTS);
  }, [JSON.stringify(certificate)]);
}

testCommandLine(
  `static responds to each of ${REQUESTS} requests for large files on one connection`,
  async ({ startProgram }) => {
    const directory = await Deno.makeTempDir();
    try {
      for (const size of [1, 2, 3]) {
        await Deno.writeFile(
          `${directory}/${size}.bin`,
          new Uint8Array(size * 1_000_000),
        );
      }
      const program = await startProgram(["static", "-r", directory, "--access-log", "off"]);
      using client = Deno.createHttpClient({ poolMaxIdlePerHost: 1 });
      for (let round = 0; round < REQUESTS; round++) {
        const size = 1 + round % 3;
        const response = await fetch(`http://127.0.0.1:${program.port}/${size}.bin`, { client });
        assertEquals((await response.bytes()).length, size * 1_000_000);
      }
      await program.stop();
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);
