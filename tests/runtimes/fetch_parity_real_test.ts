import { assertEquals } from "@std/assert";
import { runScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./fetch_parity_program.ts", import.meta.url);

// Bun 1.4.5 leaves the content of its own requests in both requests; ours follow the standard.
const BUN_SHARES_CONTENT = "gives its content to a request that is made from it";

for (const runtime of RUNTIMES) {
  testOn(runtime, "a request of serve() behaves like one of the runtime", async (binary) => {
    const { plain, overriding, isReplaced, isInstance } = JSON.parse(await runScript(ENTRY, binary));
    const isKnown = (difference: string): boolean =>
      runtime.name === "Bun" && difference.startsWith(BUN_SHARES_CONTENT);
    for (const { differences, count } of [plain, overriding]) {
      assertEquals(differences.filter((difference: string) => !isKnown(difference)), []);
      assertEquals(count > 100, true);
    }
    assertEquals({ isReplaced, isInstance }, { isReplaced: true, isInstance: true });
  });
}
