import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { readRows } from "../../../../../src/servers/metrics/durable/format/bulk_rows.ts";

const TABLE = { table: "block", number: "series", bytes: "samples" } as const;

/** Reads a table of blocks with these keys; the bytes of a block are its key, as often as its last digit says. */
function readKeys(ids: readonly number[]): string[] {
  const database = new DatabaseSync(":memory:");
  try {
    database.exec("CREATE TABLE block (id INTEGER PRIMARY KEY, series INTEGER, samples BLOB)");
    const insert = database.prepare("INSERT INTO block VALUES (?, ?, ?)");
    for (const id of ids) insert.run(id, id * 3, new Uint8Array(id % 10).fill(id % 256));
    const rows: string[] = [];
    readRows(database, TABLE, ({ id, number, bytes, start, end }) => {
      rows.push(`${id} ${number} ${bytes.subarray(start, end)}`);
    });
    return rows;
  } finally {
    database.close();
  }
}

function expectedRows(ids: readonly number[]): string[] {
  return ids.map((id) => `${id} ${id * 3} ${new Uint8Array(id % 10).fill(id % 256)}`);
}

Deno.test("readRows() gives rows in order, of keys that follow each other and of keys with gaps", () => {
  const dense = Array.from({ length: 20_000 }, (_, index) => index + 1);
  for (const ids of [[], [7], dense, dense.filter((id) => id % 7 !== 3), [...dense, 50_000, 2 ** 40]]) {
    assertEquals(readKeys(ids), expectedRows(ids));
  }
});

Deno.test("readRows() refuses a row without bytes", () => {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE block (id INTEGER PRIMARY KEY, series INTEGER, samples BLOB)");
  database.exec("INSERT INTO block VALUES (1, 1, x'00'), (2, 1, 'text')");
  assertThrows(() => readRows(database, TABLE, () => {}), RangeError, "a row has no bytes");
  database.exec("UPDATE block SET samples = NULL");
  assertThrows(() => readRows(database, TABLE, () => {}), RangeError, "a row has no bytes");
  database.close();
});
