import { assertEquals } from "@std/assert";
import { ChainRecords } from "../../../../src/servers/trap/records/chain_records.ts";

Deno.test("ChainRecords gives back its records, also as JSON and in the short form, and counts the errors", () => {
  const records = [
    { atMicros: 1_750_000_000_000_001, level: "info", where: "trap", message: "a" },
    { atMicros: 1_750_000_000_000_001, level: "error", where: "trap > query", message: "b" },
    { atMicros: 1_749_999_999_999_996, level: "error", where: "trap", message: "the clock was set back" },
    { atMicros: 1_750_086_400_000_000, level: "info", where: "trap", message: "a day later" },
  ] as const;
  const chain = ChainRecords.of(records);
  assertEquals([...chain], [...records]);
  assertEquals(JSON.parse(JSON.stringify({ chain })), { chain: records });
  const unpacked = ChainRecords.of(JSON.parse(JSON.stringify(chain.pack())));
  assertEquals([...unpacked], [...records]);
  assertEquals([chain.errorCount, unpacked.errorCount], [2, 2]);
  assertEquals([...ChainRecords.of([])], []);
});
