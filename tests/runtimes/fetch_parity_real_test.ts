import { assertEquals } from "@std/assert";
import { runScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./fetch_parity_program.ts", import.meta.url);

// Bun 1.4.5 leaves the content of its own requests in both requests, and takes content with a reader for used
// content; ours follow the standard.
const BUN_DIFFERENCES = /^(gives its content to a request that is made from it|content with a reader)/;

for (const runtime of RUNTIMES) {
  testOn(
    runtime,
    "a request of serve() and a FastResponse behave like those of the runtime",
    async (binary) => {
      const { plain, overriding, responses, isReplaced, isInstance } = JSON.parse(
        await runScript(ENTRY, binary),
      );
      const isKnown = (difference: string): boolean =>
        runtime.name === "Bun" && BUN_DIFFERENCES.test(difference);
      for (const differences of [plain.differences, overriding.differences, responses]) {
        assertEquals(differences.filter((difference: string) => !isKnown(difference)), []);
      }
      assertEquals([plain.count > 100, overriding.count > 100], [true, true]);
      assertEquals({ isReplaced, isInstance }, { isReplaced: true, isInstance: true });
    },
  );
}
