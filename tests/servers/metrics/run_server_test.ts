import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../src/net/connection.ts";
import { MemoryStore } from "../../../src/servers/metrics/samples/memory_store.ts";
import { runServer } from "../../../src/servers/metrics/run_server.ts";
import type { MetricsAccess, MetricsServerOptions } from "../../../src/servers/metrics/options.ts";
import { StoreOpenError } from "../../../src/servers/metrics/store.ts";
import { within } from "../../support/deadline.ts";
import { connectRaw, type RawClient } from "../../support/loopback.ts";
import { withDirectory } from "../../support/program.ts";

const OK = "ok\n\n";
const WRONG = "error\nwrong command\n\n";

async function withServer(
  run: (port: number) => Promise<void>,
  options: MetricsServerOptions = {},
): Promise<void> {
  const server = await runServer("127.0.0.1", 0, options);
  try {
    await run(server.address.port);
  } finally {
    await within(server.close(), "the end of the server");
  }
}

async function withClient(port: number, run: (client: RawClient) => Promise<void>): Promise<void> {
  const client = await connectRaw(port);
  try {
    await run(client);
  } finally {
    client.close();
  }
}

Deno.test("runServer() says nothing before the first command, and keeps the connection open", () =>
  withServer((port) =>
    withClient(port, async (client) => {
      await client.send("put k 1 1\n");
      assertEquals(await client.readUntil("\n\n"), OK);
      await client.send("get k\n");
      assertEquals(await client.readUntil("1\n\n"), `${OK}ok\nk 1.0 1\n\n`);
    })
  ));

Deno.test("runServer() refuses an empty line alone, also after commands that filled a read exactly", () =>
  withServer((port) =>
    withClient(port, async (client) => {
      await client.send(`${"get a\n".repeat(42)}abc\n`);
      assertEquals(await client.readUntil(WRONG), OK.repeat(42) + WRONG);
      await client.send("\n");
      assertEquals(await client.readUntil(WRONG + WRONG), OK.repeat(42) + WRONG + WRONG);
    })
  ));

Deno.test("runServer() replies to all complete lines before it closes after a half-close", () =>
  withServer(async (port) => {
    await withClient(port, async (client) => {
      await client.send(`${"put k 1 1\n".repeat(5_000)}bad\nget k`);
      await client.end();
      assertEquals(await client.readAll(), OK.repeat(5_000) + WRONG);
    });
  }));

Deno.test("runServer() serves two clients whose commands come interleaved, byte by byte", () =>
  withServer((port) =>
    withClient(port, (first) =>
      withClient(port, async (second) => {
        const texts = ["put a 1 1\nget b\nget a\n", "put b 2 2\nbad\nget b\n"] as const;
        for (let at = 0; at < texts[0].length; at++) {
          await first.send(texts[0][at]!);
          await second.send(texts[1][at] ?? "");
        }
        const firstText = await first.readUntil("a 1.0 1\n\n");
        const secondText = await second.readUntil("b 2.0 2\n\n");
        assertEquals(firstText.startsWith(OK) && firstText.endsWith("ok\na 1.0 1\n\n"), true);
        assertEquals(secondText, `${OK}${WRONG}ok\nb 2.0 2\n\n`);
      }))
  ));

Deno.test("MetricsServer.close() ends idle clients, frees the port and resolves finished", async () => {
  const server = await runServer("127.0.0.1", 0);
  const client = await connectRaw(server.address.port);
  await client.send("put k 1 1\n");
  await client.readUntil("\n\n");
  const closed = server.close();
  assertEquals(server.close(), closed);
  assertEquals(await client.readAll(), OK);
  client.close();
  await within(closed, "the end of the server");
  await within(server.finished, "finished");
  const again = await runServer("127.0.0.1", server.address.port);
  await again.close();
});

Deno.test("MetricsServer.close() replies to commands that have arrived when it is called, then sends FIN", async () => {
  const server = await runServer("127.0.0.1", 0);
  const clients = await Promise.all(Array.from({ length: 20 }, () => connectRaw(server.address.port)));
  for (const client of clients) {
    await client.send("get a\n");
    await client.readUntil(OK);
  }
  await Promise.all(clients.map((client) => client.send("put a 1 1\nget b\n")));
  const closed = server.close();
  for (const client of clients) assertEquals(await client.readAll(), OK.repeat(3));
  for (const client of clients) client.close();
  await within(closed, "the end of the server");
});

Deno.test("MetricsServer.close() reports a store that cannot be closed, and still ends", async () => {
  const errors: string[] = [];
  class StuckStore extends MemoryStore {
    override close(): Promise<void> {
      return Promise.reject(new Error("disk full"));
    }
  }
  const log = { error: (message: string) => errors.push(message) };
  const server = await runServer("127.0.0.1", 0, { store: new StuckStore(), log });
  await within(server.close(), "the end of the server");
  assertEquals(errors, ["Cannot close the store: disk full"]);
});

Deno.test("runServer() reports a store that fails all the time once a second, not for each command", async () => {
  const errors: string[] = [];
  class FullStore extends MemoryStore {
    override put(): never {
      throw new Error("disk full");
    }
  }
  const log = { error: (message: string) => errors.push(message) };
  await withServer((port) =>
    withClient(port, async (client) => {
      await client.send("put a 1 1\n".repeat(100));
      await client.end();
      assertEquals(await client.readAll(), "error\nstorage failed\n\n".repeat(100));
    }), { store: new FullStore(), log });
  assertEquals(errors.slice(0, 1), ["Cannot store samples: disk full"]);
  assert(errors.length < 100);
});

Deno.test("MetricsServer.close() replies to the commands that were read, and cuts a client that does not read after the grace time", async () => {
  const server = await runServer("127.0.0.1", 0, { graceMs: 50 });
  const client = await connectRaw(server.address.port);
  const puts = Array.from({ length: 20_000 }, (_, index) => `put key ${index} ${index}\n`).join("");
  await client.send(puts);
  await client.readUntil(OK.repeat(20_000));
  await client.send("get key\n".repeat(200));
  await client.readUntil("ok\nkey");
  await within(server.close(), "the end of the server");
  client.close();
});

Deno.test("runServer() refuses a client too many with a reason, and logs it at debug level", async () => {
  const messages: string[] = [];
  await withServer((port) =>
    withClient(port, async (client) => {
      await client.send("get a\n");
      await client.readUntil(OK);
      await withClient(port, async (second) => {
        // Commands that arrive before the client has read the refusal must not destroy it.
        await second.send("put a 1 1\n".repeat(100));
        assertEquals(await second.readAll(), "error\ntoo many clients\n\n");
      });
      await client.send(`bad\x1b\n${"x".repeat(70_000)}\n`);
      await client.readUntil(WRONG + WRONG);
      assertEquals(messages.some((message) => message.endsWith("turned away: too many clients")), true);
      assertEquals(
        messages.some((message) => message.endsWith('refused: wrong command, got "bad\\x1b"')),
        true,
      );
      assertEquals(messages.some((message) => message.endsWith("got a line that is too long")), true);
    }), { maxConnections: 1, log: { debug: (message) => messages.push(message) } });
  assertEquals(messages[0]!.endsWith("connected"), true);
});

Deno.test("runServer() bounds the clients of one address, and says in the log how many it refused", async () => {
  const errors: string[] = [];
  await withServer((port) =>
    withClient(port, async (client) => {
      await client.send("get a\n");
      await client.readUntil(OK);
      await withClient(port, async (second) => {
        assertEquals(await second.readAll(), "error\ntoo many clients\n\n");
      });
    }), { maxConnectionsPerAddress: 1, log: { error: (message) => errors.push(message) } });
  assertEquals(errors, [
    "Cannot accept a client: limit of connections reached: refused 1 since the last report",
  ]);
});

Deno.test("runServer() closes a client that is silent for too long", () =>
  withServer(
    (port) =>
      withClient(port, async (client) => {
        await client.send("get a\n");
        assertEquals(await client.readAll(), OK);
      }), // The command must be read within this time, on a busy machine too.
    { idleTimeoutMs: 2_000 },
  ));

Deno.test("runServer() writes every line with a reply to the access log", async () => {
  const entries: MetricsAccess[] = [];
  await withServer(async (port) => {
    await withClient(port, async (client) => {
      await client.send("put a 1 1\nbad\nget a\n");
      await client.readUntil("a 1.0 1\n\n");
    });
  }, { access: (entry) => entries.push(entry) });
  assertEquals(entries.map(({ command, status }) => `${status} ${command}`), [
    "ok put a 1 1",
    "error bad",
    "ok get a",
  ]);
  assert(entries[0]!.client.hostname === "127.0.0.1");
});

Deno.test("runServer() lets its store tidy up from time to time, and survives a failure", async () => {
  const errors: string[] = [];
  const twice = Promise.withResolvers<void>();
  class TidyStore extends MemoryStore {
    #calls = 0;

    override maintain(): undefined {
      this.#calls++;
      if (this.#calls === 1) throw new Error("disk full");
      twice.resolve();
    }
  }
  await withServer(async () => {
    await within(twice.promise, "the second call of maintain");
  }, { store: new TidyStore(), sweepIntervalMs: 1, log: { error: (message) => errors.push(message) } });
  assertEquals(errors, ["Cannot tidy the store: disk full"]);
});

Deno.test("runServer() keeps samples in a file and finds them again", () =>
  withDirectory(async (directory) => {
    const options = { dataFile: `${directory}/metrics.db` };
    await withServer((port) =>
      withClient(port, async (client) => {
        await client.send("put k 1 1\nput k 2 2\nget k\n");
        assertEquals(await client.readUntil("2\n\n"), `${OK}${OK}ok\nk 1.0 1\nk 2.0 2\n\n`);
      }), options);
    await withServer((port) =>
      withClient(port, async (client) => {
        await client.send("get *\n");
        assertEquals(await client.readUntil("2\n\n"), "ok\nk 1.0 1\nk 2.0 2\n\n");
      }), options);
  }));

Deno.test("runServer() rejects when the file or the port cannot be had, and leaves nothing open", async () => {
  const error = await assertRejects(
    () => runServer("127.0.0.1", 0, { dataFile: "/nowhere/at/all/metrics.db" }),
    StoreOpenError,
  );
  assertEquals((error as StoreOpenError).code, "no-directory");
  await withServer(async (port) => {
    await assertRejects(() => runServer("127.0.0.1", port), ConnectionError);
  });
});

Deno.test("runServer() needs no permission but net and read for samples in memory", async () => {
  const program = new URL("./server_process.ts", import.meta.url).href;
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-lock",
      "--no-check",
      "--quiet",
      "--no-prompt",
      "--allow-net",
      "--allow-read",
      program,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.getReader();
  const { value } = await within(reader.read(), "the port of the server");
  await withClient(Number(new TextDecoder().decode(value)), async (client) => {
    await client.send("put k 1 1\nget k\n");
    assertEquals(await client.readUntil("k 1.0 1\n\n"), `${OK}ok\nk 1.0 1\n\n`);
  });
  process.kill("SIGKILL");
  await process.status;
  await reader.cancel();
});
