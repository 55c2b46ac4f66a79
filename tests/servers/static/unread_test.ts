import { assertEquals, assertMatch } from "@std/assert";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createStatic } from "../../../src/servers/static/create_static.ts";
import { DEFAULT_STATIC_OPTIONS } from "../../../src/servers/static/options.ts";
import { serve } from "../../../src/serving/serve.ts";
import type { ServeOptions } from "../../../src/serving/serve_options.ts";
import { settle, within } from "../../support/deadline.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { type FakeConnection, FakeListener } from "../../support/fake_connection.ts";
import { type FakeServer, get, stopFakeServer } from "../../support/fake_server.ts";
import { createFiles } from "./static_folder.ts";

// The most bytes of a file that are on their way to one client.
const PIECE_BYTES = 262_144;
// More than the heads of a few responses.
const HEAD_BYTES = 2_000;

/** Serves files without sockets, and closes everything after the test. */
async function withFiles(
  files: Readonly<Record<string, Uint8Array>>,
  options: ServeOptions,
  body: (fake: FakeServer) => Promise<void>,
): Promise<void> {
  const base = await createFiles(files);
  const [clock, listener] = [new FakeClock(), new FakeListener()];
  const site = createStatic({ options: { ...DEFAULT_STATIC_OPTIONS, root: join(base, "site") }, clock });
  const server = serve(listener, site.backend, { clock, ...options });
  const fake = { server, clock, listener, errors: [], connect: () => listener.connect() };
  try {
    await body(fake);
  } finally {
    await stopFakeServer(fake);
    // After the last response, its file is closed.
    await until(() => server.figures.requestsInFlight === 0, "the end of all responses");
    site.close();
    await rm(base, { recursive: true });
  }
}

/** Waits for an event that may need the disk. */
function until(isDone: () => boolean, what: string): Promise<void> {
  const wait = async (): Promise<void> => {
    while (!isDone()) await settle();
  };
  return within(wait(), what);
}

/** A client that asks for a file, and takes nothing. */
async function ask(fake: FakeServer, path: string): Promise<FakeConnection> {
  const client = await fake.connect();
  client.stall();
  await client.send(get(path));
  return client;
}

/** A client that asks for a file, and takes the head alone if the content does not come with it. */
async function askForContent(fake: FakeServer, path: string): Promise<FakeConnection> {
  const client = await ask(fake, path);
  await until(() => client.bufferedBytes > 0, "a response");
  if (client.bufferedBytes < HEAD_BYTES) {
    const taken = client.take();
    client.stall();
    await taken;
    await until(() => client.bufferedBytes > HEAD_BYTES, "content");
  }
  return client;
}

const ROWS = [
  { name: "a file in memory once for all clients", size: 100_000, heldBytes: 100_000 },
  {
    name: "a file in memory that is sent in pieces once for all clients",
    size: 1_000_000,
    heldBytes: 1_000_000,
  },
  { name: "the piece of a large file for each client", size: 3_000_000, heldBytes: 3 * PIECE_BYTES },
];

for (const { name, size, heldBytes } of ROWS) {
  Deno.test(`static counts ${name} for as long as they do not take it`, async () => {
    await withFiles({ "a.bin": new Uint8Array(size) }, {}, async (fake) => {
      const clients: FakeConnection[] = [];
      for (let i = 0; i < 3; i++) clients.push(await askForContent(fake, "/a.bin"));
      const held = fake.server.figures.heldBytes;
      assertEquals(held >= heldBytes && held < heldBytes + HEAD_BYTES, true, `${held} held`);
      const [taking, ...others] = clients;
      for (const client of others) await client.reset();
      await taking!.take();
      await until(() => fake.server.figures.requestsInFlight === 0, "the end of all responses");
      assertEquals([fake.server.figures.heldBytes, taking!.isClosed], [0, false]);
    });
  });
}

Deno.test("static reads no other file while unread ones fill the budget, and cuts those that waited longest", async () => {
  const paths = Array.from({ length: 12 }, (_, index) => `${index}.bin`);
  const files = Object.fromEntries(paths.map((path) => [path, new Uint8Array(100_000)]));
  await withFiles(files, { maxBufferedBytes: 200_000 }, async (fake) => {
    const clients: FakeConnection[] = [];
    for (const path of paths) {
      clients.push(await ask(fake, `/${path}`));
      await fake.clock.advance(1);
    }
    // No array counts for more than an eighth of the budget.
    assertEquals(fake.server.figures.requests, 8);
    await fake.clock.advance(900);
    assertEquals(clients.filter(({ isClosed }) => isClosed).length, 0);
    await fake.clock.advance(600);
    await settle();
    // Each one that is cut makes room for one that waits, which fills the budget again.
    assertEquals(clients.map(({ isClosed }) => isClosed), clients.map((_client, index) => index < 5));
    assertEquals([fake.server.figures.requests, fake.server.figures.timeouts.write], [12, 5]);
    const last = clients.at(-1)!;
    await last.take();
    assertMatch(last.output, /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 100000\r\n\r\n/s);
    assertEquals(last.bufferedBytes, 0);
  });
});

Deno.test("static cuts the client that has left a large file longest, and sends the next one its whole file", async () => {
  const size = 3_000_000;
  await withFiles({ "a.bin": new Uint8Array(size) }, { maxBufferedBytes: 1_000_000 }, async (fake) => {
    const clients: FakeConnection[] = [];
    for (let i = 0; i < 8; i++) {
      clients.push(await askForContent(fake, "/a.bin"));
      await fake.clock.advance(1);
    }
    const next = await ask(fake, "/a.bin");
    assertEquals([fake.server.figures.requests, next.bufferedBytes], [8, 0]);
    await fake.clock.advance(1_500);
    await until(() => next.bufferedBytes > 0, "the next response");
    assertEquals(clients.map(({ isClosed }) => isClosed), clients.map((_client, index) => index === 0));
    const { sentBytes } = fake.server.figures;
    await next.take();
    await until(() => fake.server.figures.sentBytes >= sentBytes + size, "the whole file");
    assertEquals([next.isClosed, fake.server.figures.timeouts.write], [false, 1]);
  });
});
