import { assertEquals } from "@std/assert";
import { KeyTable } from "../../../src/servers/metrics/key_table.ts";

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("KeyTable numbers keys in the order in which they were added and finds each of them", () => {
  const table = new KeyTable(12_345);
  const keys = Array.from({ length: 20_000 }, (_, index) => bytesOf(`host${index % 7}.metric.${index}`));
  for (const [index, key] of keys.entries()) {
    assertEquals(table.find(key, 0, key.length), -1);
    assertEquals(table.add(key, 0, key.length), index);
  }
  for (const [index, key] of keys.entries()) assertEquals(table.find(key, 0, key.length), index);
  assertEquals(table.count, 20_000);
});

Deno.test("KeyTable tells keys apart that begin alike", () => {
  const table = new KeyTable(0);
  const text = bytesOf("aaaa");
  for (let end = 1; end <= 4; end++) table.add(text, 0, end);
  for (let end = 1; end <= 4; end++) assertEquals(table.find(text, 0, end), end - 1);
});

Deno.test("KeyTable.pick() keeps the chosen keys and numbers them anew", () => {
  const table = new KeyTable(7);
  for (const key of ["a", "b", "c", "d"]) table.add(bytesOf(key), 0, 1);
  const picked = table.pick([1, 3]);
  const found = ["a", "b", "c", "d"].map((key) => picked.find(bytesOf(key), 0, 1));
  assertEquals(found, [-1, 0, -1, 1]);
});
