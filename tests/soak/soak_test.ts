import { assert, assertEquals } from "@std/assert";
import { BAD_ACTS } from "./bad_acts.ts";
import { GOOD_ACTS } from "./good_acts.ts";
import { soak } from "./soak.ts";

const MAX_BYTES = 256 * 2 ** 20;

// `deno task soak --seconds N` does the same for longer.
Deno.test("serve() responds to mixed traffic with faults byte for byte, and lets go of everything", async () => {
  const { counts, residentBytes, descriptorsLeft, failures, exitCode } = await soak({
    seconds: 8,
    clients: 16,
    seed: 20_250_601,
  });
  for (const name of Object.keys({ ...GOOD_ACTS, ...BAD_ACTS })) {
    assert((counts.get(name) ?? 0) > 0, `nobody did "${name}"`);
  }
  assert(Math.max(0, ...residentBytes) < MAX_BYTES, `${residentBytes} bytes`);
  const broken = [...counts].filter(([name]) => name.startsWith("broken")).reduce(
    (sum, [, count]) => sum + count,
    0,
  );
  assertEquals([failures, descriptorsLeft ?? 0, exitCode], [broken, 0, 0]);
});
