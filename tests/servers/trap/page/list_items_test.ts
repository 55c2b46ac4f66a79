import { assertEquals } from "@std/assert";
import { ListItems } from "../../../../src/servers/trap/page/client/list/list_items.js";
import { RequestRows, rowOf } from "../../../../src/servers/trap/page/client/list/request_rows.js";
import { dateText } from "../../../../src/servers/trap/page/client/text/sizes_and_times.js";
import { toRequestRecord } from "../../../../src/servers/trap/records/to_record.ts";
import { storedRequest } from "../stored_requests.ts";

/** Rows at noon UTC of days, a number of them on each; the oldest day first. */
function rowsOn(days: readonly (readonly [day: string, count: number])[]): RequestRows {
  const rows = new RequestRows(1_000);
  for (const [day, count] of days) {
    for (let i = 0; i < count; i++) {
      rows.add([rowOf(toRequestRecord(storedRequest(`${day}T12:00:00.00000${i}Z-00tst`)))]);
    }
  }
  return rows;
}

function linesOf(items: ListItems): string[] {
  return Array.from({ length: items.count }, (_, place) => {
    const item = items.at(place);
    return item.kind === "day" ? item.day : String(item.index);
  });
}

const DAYS = [["2026-01-02", 1], ["2026-01-03", 2], ["2026-01-05", 3]] as const;

Deno.test("ListItems puts a line above the rows of each day but today", () => {
  const rows = rowsOn(DAYS);
  const local = (day: string): string => dateText(`${day}T12:00:00Z`);
  const [second, third] = [local("2026-01-03"), local("2026-01-02")];
  assertEquals(linesOf(new ListItems(rows, local("2026-01-05"))), [
    "0",
    "1",
    "2",
    second,
    "3",
    "4",
    third,
    "5",
  ]);
  assertEquals(linesOf(new ListItems(rows, local("2026-01-06")))[0], local("2026-01-05"));
  assertEquals(linesOf(new ListItems(new RequestRows(1), "2026-01-06")), []);
});

Deno.test("ListItems finds each row and each line by its key", () => {
  const items = new ListItems(rowsOn(DAYS), "today");
  for (let place = 0; place < items.count; place++) {
    assertEquals(items.placeOfKey(items.keyAt(place)), place);
  }
  assertEquals([items.placeOf(-1), items.placeOf(0), items.placeOf(5)], [-1, 1, 8]);
  assertEquals([items.placeOfKey("day 2025-01-01"), items.placeOfKey("gone")], [-1, -1]);
});

Deno.test("RequestRows.days() follows additions and deletions", () => {
  const rows = rowsOn(DAYS);
  const starts = (): number[] => rows.days().map(({ start }) => start);
  assertEquals(starts(), [0, 3, 5]);
  rows.remove(new Set(["2026-01-03T12:00:00.000000Z-00tst", "2026-01-03T12:00:00.000001Z-00tst"]));
  assertEquals(starts(), [0, 3]);
  rows.clear();
  assertEquals(starts(), []);
});
