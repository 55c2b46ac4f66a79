import { assertEquals } from "@std/assert";
import { runScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./fetch_upstream_program.ts", import.meta.url);

for (const runtime of RUNTIMES) {
  testOn(
    runtime,
    "serve() passes on what fetch() has not decoded with its Content-Encoding",
    async (binary) => {
      assertEquals(await runScript(ENTRY, binary), "");
    },
  );
}
