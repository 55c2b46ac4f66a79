import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { RowBatch } from "../../../../../src/servers/metrics/durable/format/row_batch.ts";

Deno.test("RowBatch writes each row once, whatever their number, and none that it has forgotten", () => {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE series (id INTEGER PRIMARY KEY, key BLOB NOT NULL)");
  const rowsOf = database.prepare(
    "SELECT count(*) AS count, sum(id) AS sum, min(length(key)) AS bytes FROM series",
  );
  const batch = new RowBatch(database, "INSERT INTO series (id, key)", 2);
  for (const rows of [0, 1, 15, 16, 17, 100]) {
    database.exec("DELETE FROM series");
    for (let id = 1; id <= rows; id++) batch.add(id, new Uint8Array(id));
    batch.flush();
    batch.add(1_000, new Uint8Array(1));
    batch.clear();
    batch.flush();
    const sum = rows === 0 ? null : rows * (rows + 1) / 2;
    assertEquals({ ...rowsOf.get() }, { count: rows, sum, bytes: rows === 0 ? null : 1 });
  }
  database.close();
});
