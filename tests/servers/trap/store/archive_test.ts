import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Archive, openArchive, readFullArchive } from "../../../../src/servers/trap/store/archive.ts";
import { RequestStore, type StoreBounds } from "../../../../src/servers/trap/store/request_store.ts";
import { ChainRecords } from "../../../../src/servers/trap/records/chain_records.ts";
import { StoredRequest } from "../../../../src/servers/trap/records/stored_request.ts";
import { toRecord } from "../../../../src/servers/trap/records/to_record.ts";
import { WireBytes } from "../../../../src/servers/trap/records/wire_bytes.ts";
import { StoreOpenError, type StoreOpenErrorCode } from "../../../../src/storage/store_open_error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { withDirectory } from "../../../support/program.ts";
import { storedRequest } from "../stored_requests.ts";

interface Opened {
  readonly store: RequestStore;
  readonly archive: Archive;
  readonly clock: FakeClock;
  readonly errors: unknown[];
}

async function open(path: string, bounds: Partial<StoreBounds> = {}): Promise<Opened> {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const archive = await openArchive({
    path,
    clock,
    onError: (error) => void errors.push(error),
    onRecovered: () => {},
  });
  const store = new RequestStore({ maxRequests: 100, maxBytes: 2 ** 20, ...bounds });
  store.listen(archive);
  store.restore(archive.read());
  return { store, archive, clock, errors };
}

function recordsOf({ store }: Opened): unknown[] {
  return store.all(() => true).map((request) => toRecord(request));
}

Deno.test("an archive gives back every part of the requests that were stored", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/trap.db`;
    const first = await open(path);
    first.store.add(storedRequest("b", "content \u00ff"));
    first.store.add(storedRequest("a", "", {
      chain: ChainRecords.of([{
        atMicros: 1_750_000_000_000_001,
        level: "error",
        where: "trap",
        message: "x\x00\xe4",
      }]),
      end: "malformed",
      malformed: { offset: 3, rule: "bad-field: y" },
      trailers: [["T", "1"]],
      answer: { status: 503, headers: [["A", "b"]], body: "c" },
    }));
    const wire = new WireBytes(new Uint8Array(1_000), 2);
    wire.limit(500);
    first.store.add(new StoredRequest({ ...storedRequest("c").facts, bodyBytes: 900 }, wire));
    const before = recordsOf(first);
    first.archive.close();
    const second = await open(path);
    assertEquals(recordsOf(second), before);
    assertEquals(second.store.all(() => true).map(({ wire }) => wire.kept.length), [30, 39, 500]);
    assertEquals([second.store.sequenceOf("b"), second.store.sequenceOf("c")], [1, 3]);
    second.store.add(storedRequest("d"));
    assertEquals(second.store.sequenceOf("d"), 4);
    second.archive.close();
    assertEquals([first.errors, second.errors], [[], []]);
  });
});

Deno.test("an archive follows the store: dropped, deleted and changed requests too", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/trap.db`;
    const ids = async (keep = 100): Promise<string> => {
      const opened = await open(path, { maxRequests: keep });
      opened.archive.close();
      return opened.store.all(() => true).map(({ id, wire }) => `${id}${wire.length}`).join(" ");
    };
    const first = await open(path, { maxRequests: 3 });
    for (const id of ["a", "b", "c", "d"]) first.store.add(storedRequest(id));
    await first.clock.advance(50);
    first.store.delete("c");
    const last = storedRequest("e");
    first.store.add(last);
    (last.wire as WireBytes).append(new Uint8Array(1), 2);
    first.store.change(last);
    first.archive.close();
    assertEquals(await ids(), "b30 d30 e31");
    // A smaller bound takes effect on requests that were stored under a larger one.
    assertEquals(await ids(2), "d30 e31");
    assertEquals(await ids(), "d30 e31");
    const second = await open(path);
    second.store.clear();
    second.store.add(storedRequest("f"));
    await second.clock.advance(50);
    second.archive.close();
    assertEquals(await ids(), "f30");
  });
});

Deno.test("an archive writes new requests within 50 ms, and nothing while none come", async () => {
  await withDirectory(async (directory) => {
    const { store, archive, clock } = await open(`${directory}/trap.db`);
    assertEquals(clock.timerCount, 0);
    store.add(storedRequest("a"));
    assertEquals(clock.timerCount, 1);
    await clock.advance(50);
    assertEquals([clock.timerCount, [...archive.read()].length], [0, 1]);
    archive.close();
    assertEquals(clock.timerCount, 0);
  });
});

Deno.test("an archive writes many bytes in several transactions, and all of them before it is closed", async () => {
  await withDirectory(async (directory) => {
    const { store, archive, clock } = await open(`${directory}/trap.db`, { maxBytes: 2 ** 26 });
    const content = "x".repeat(5_000_000);
    for (const id of ["a", "b", "c", "d", "e"]) store.add(storedRequest(id, content));
    await clock.advance(50);
    const afterOne = archive.waiting;
    await clock.advance(50);
    assertEquals({ afterOne, afterTwo: archive.waiting }, { afterOne: 3, afterTwo: 1 });
    archive.close();
    const again = await open(`${directory}/trap.db`, { maxBytes: 2 ** 26 });
    assertEquals(
      Array.from(again.archive.read(), ({ id, wire }) => `${id} ${wire.kept.length > 5_000_000}`),
      [
        "a true",
        "b true",
        "c true",
        "d true",
        "e true",
      ],
    );
    again.archive.close();
  });
});

Deno.test("an archive that cannot write says so once, and the requests stay in memory", async () => {
  const database = new DatabaseSync(":memory:");
  database.exec(`
    CREATE TABLE request (sequence INTEGER PRIMARY KEY, facts TEXT NOT NULL, bytes BLOB NOT NULL);
    CREATE TRIGGER full BEFORE INSERT ON request BEGIN SELECT RAISE(FAIL, 'the disk is full'); END;
  `);
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const recovered: number[] = [];
  const archive = new Archive(database, {
    path: "trap.db",
    clock,
    onError: (error) => void errors.push(error),
    onRecovered: (count) => void recovered.push(count),
  });
  const store = new RequestStore({ maxRequests: 10, maxBytes: 1_000 });
  store.listen(archive);
  const add = async (id: string): Promise<void> => {
    store.add(storedRequest(id));
    await clock.advance(50);
  };
  await add("a");
  await add("b");
  const message = 'Cannot write "trap.db": the disk is full; 1 request waits in memory';
  assertEquals([errors.map(String), store.size, archive.waiting], [[`Error: ${message}`], 2, 2]);
  database.exec("DROP TRIGGER full");
  store.add(storedRequest("c"));
  await clock.advance(1_000);
  // Waiting requests are written as soon as possible.
  assertEquals(Array.from(archive.read(), ({ id }) => id), ["a", "b", "c"]);
  assertEquals([recovered, archive.waiting, archive.error], [[3], 0, undefined]);
  archive.close();
});

Deno.test("readFullArchive() gives the stored requests, and writes nothing", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/trap.db`;
    const { store, archive } = await open(path);
    store.add(storedRequest("a", "content"));
    store.add(storedRequest("b"));
    archive.close();
    const before = await Deno.readFile(path);
    assertEquals((await readFullArchive(path)).map(({ id, sequence }) => `${id}${sequence}`), ["a1", "b2"]);
    assertEquals(await Deno.readFile(path), before);
  });
});

Deno.test("openArchive() refuses a file that is not the trap's, and leaves it as it is", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/trap.db`;
    const options = { clock: new FakeClock(), onError: () => {}, onRecovered: () => {} };
    const refuse = async (file: string, code: StoreOpenErrorCode): Promise<void> => {
      const error = await assertRejects(() => openArchive({ ...options, path: file }), StoreOpenError);
      assertEquals((error as StoreOpenError).code, code);
      assert(!(error as StoreOpenError).message.includes("\n"));
    };
    await refuse(`${directory}/no/trap.db`, "no-directory");
    await Deno.writeTextFile(path, "no database at all");
    await refuse(path, "foreign");
    assertEquals(await Deno.readTextFile(path), "no database at all");
    await Deno.remove(path);
    const { store, archive } = await open(path);
    store.add(storedRequest("a", "marker".repeat(100)));
    archive.close();
    const bytes = await Deno.readFile(path);
    const text = new TextDecoder("latin1").decode(bytes);
    const damaged = bytes.slice();
    damaged[text.indexOf('{"facts"')] = 0x58;
    await Deno.writeFile(path, damaged);
    await refuse(path, "damaged");
    assertEquals(await Deno.readFile(path), damaged);
  });
});
