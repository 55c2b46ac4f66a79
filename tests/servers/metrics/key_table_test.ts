import { assertEquals } from "@std/assert";
import { isKey } from "../../../src/servers/metrics/key_rules.ts";
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

const KEYS: readonly (readonly [string, boolean])[] = [
  ["test_key", true],
  ['palm.cpu;host="a"', true],
  ["k\u00e9y", true],
  ["\u{1f600}", true],
  ["\ufeffkey", true],
  ["a\u200bb", true],
  ["\u180e", true],
  ["\x7f", true],
  ["*", true],
  ["", false],
  ["a b", false],
  ["a\tb", false],
  ["a\0", false],
  ["a\x0bb", false],
  ["a\x0cb", false],
  ["a\x1cb", false],
  ["a\x1fb", false],
  ["a\rb", false],
  ["a\x80b", false],
  ["a\u0085b", false],
  ["a\u009fb", false],
  ["a\u00a0b", false],
  ["\u1680", false],
  ["\u2000", false],
  ["\u200a", false],
  ["\u2028", false],
  ["\u2029", false],
  ["\u202f", false],
  ["\u205f", false],
  ["\u3000", false],
];

for (const [text, isGood] of KEYS) {
  Deno.test(`isKey() ${isGood ? "takes" : "refuses"} ${JSON.stringify(text)}`, () => {
    const bytes = bytesOf(`<${text}>`);
    assertEquals(isKey(bytes, 1, bytes.length - 1), isGood);
  });
}

Deno.test("isKey() refuses what is no UTF-8", () => {
  const broken = [[0xff], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x61, 0x80]];
  for (const bytes of broken) assertEquals(isKey(Uint8Array.from(bytes), 0, bytes.length), false);
});
