import { assertEquals } from "@std/assert";
import { LineDecoder } from "../../../../src/bytes/line_decoder.ts";
import { PlaintextIngest } from "../../../../src/servers/metrics/graphite/plaintext/plaintext_ingest.ts";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import { createCounts } from "../../../../src/servers/metrics/server_counts.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { readRows } from "../store_actions.ts";

Deno.test("PlaintextIngest puts readable lines, and counts the others", async () => {
  const store = new MemoryStore();
  const counts = createCounts();
  const ingest = new PlaintextIngest({ store, counts, now: () => 1_700_000_000_900, onFailed: () => {} });
  const decoder = new LineDecoder();
  const lines = [
    "a.b 1.5 1600000000\n",
    "a.b 2 1600000010.9\r\n",
    "  a.b\t3   1600000020 \n",
    "now 4 -1\n",
    "disk;host=a 5 1\n",
    "split ",
    "6 7\n\n",
    // None of these is a sample.
    "a.b nan 5\n",
    "a.b 1\n",
    "a.b 1 2 3\n",
    "a.b one 2\n",
    "a.b 1 two\n",
    "* 1 2\n",
    "a\x01b 1 2\n",
    "a.b 1 1e300\n",
  ];
  for (const line of lines) {
    const bytes = bytesOf(line);
    await ingest.take(decoder, bytes, bytes.length);
  }
  assertEquals(await readRows(store, "*"), [
    "a.b 1.5 1600000000",
    "a.b 2 1600000010",
    "a.b 3 1600000020",
    "now 4 1700000000",
    "disk;host=a 5 1",
    "split 6 7",
  ]);
  assertEquals([counts.puts, counts.refusals], [6, 8]);
});
