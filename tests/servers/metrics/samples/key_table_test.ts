import { assertEquals } from "@std/assert";
import { type Keyed, KeyTable } from "../../../../src/servers/metrics/samples/key_table.ts";
import { KeyMemory } from "../../../../src/servers/metrics/samples/key_memory.ts";
import { Random } from "../../../support/random.ts";

interface Entry extends Keyed {
  readonly text: string;
}

function entryOf(text: string): Entry {
  const keyPage = new TextEncoder().encode(text);
  return { text, keyPage, keyStart: 0, keyEnd: keyPage.length };
}

function find(table: KeyTable<Entry>, text: string): string | undefined {
  const { keyPage, keyEnd } = entryOf(text);
  return table.find(keyPage, 0, keyEnd)?.text;
}

Deno.test("KeyTable finds each entry that was added, and no other", () => {
  const table = new KeyTable<Entry>(12_345);
  const keys = Array.from({ length: 20_000 }, (_, index) => `host${index % 7}.metric.${index}`);
  for (const key of keys) {
    assertEquals(find(table, key), undefined);
    table.add(entryOf(key));
  }
  for (const key of keys) assertEquals(find(table, key), key);
  assertEquals(table.count, 20_000);
});

Deno.test("KeyTable tells apart keys that begin alike", () => {
  const table = new KeyTable<Entry>(0);
  const keys = ["a", "aa", "aaa", "aaaa"];
  for (const key of keys) table.add(entryOf(key));
  assertEquals(keys.map((key) => find(table, key)), keys);
});

Deno.test("KeyTable agrees with a Map while entries come and go", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const table = new KeyTable<Entry>(seed);
    const model = new Map<string, Entry>();
    const random = new Random(seed);
    for (let step = 0; step < 4_000; step++) {
      const key = `k${random.below(600)}`;
      const known = model.get(key);
      assertEquals(find(table, key), known?.text);
      if (known === undefined) {
        const entry = entryOf(key);
        table.add(entry);
        model.set(key, entry);
      } else if (random.below(3) > 0) {
        table.remove(known);
        model.delete(key);
      }
    }
    for (let index = 0; index < 600; index++) {
      assertEquals(find(table, `k${index}`), model.get(`k${index}`)?.text);
    }
    assertEquals(table.count, model.size);
  }
});

Deno.test("KeyMemory gives each key room of its own, and reuses room that was given back", () => {
  const memory = new KeyMemory();
  const rooms = [3, 8, 9, 60_000, 60_000, 70_000].map((bytes) => ({ ...memory.take(bytes), bytes }));
  for (const [index, a] of rooms.entries()) {
    assertEquals(a.start + a.bytes <= a.page.length, true);
    for (const b of rooms.slice(index + 1)) {
      const isApart = a.page !== b.page || a.start + a.bytes <= b.start || b.start + b.bytes <= a.start;
      assertEquals(isApart, true);
    }
  }
  const room = memory.take(20);
  memory.give(room, 20);
  assertEquals(memory.take(24) === room, true);
  assertEquals(memory.take(24) === room, false);
});
