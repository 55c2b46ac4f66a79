import { assertEquals } from "@std/assert";
import { runScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./fetch_used_program.ts", import.meta.url);
const KINDS = ["a plain text", "a text with fields", "bytes"];
const SENDABLE = ["unused", "looked at", "cloned"];
const SPENT = ["read", "locked", "cancelled"];

for (const runtime of RUNTIMES) {
  testOn(runtime, "serve() sends content once, and none that was read or is being read", async (binary) => {
    const expected = KINDS.flatMap((kind) => [
      ...SENDABLE.map((use) => [`${kind}, ${use}`, "text, then used, then 500"]),
      ...SPENT.map((use) => [`${kind}, ${use}`, "500, then used, then 500"]),
    ]);
    assertEquals(JSON.parse(await runScript(ENTRY, binary)), Object.fromEntries(expected));
  });
}
