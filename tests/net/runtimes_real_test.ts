// The adapter suite on Node and Bun, each by its own adapter: one step for each test.

import { assert, assertEquals } from "@std/assert";
import { bundled } from "../runtimes/bundled.ts";
import { RUNTIMES, testOn } from "../runtimes/runtimes.ts";
import type { TestResult } from "./suite_program.ts";

const PROGRAM = new URL("./suite_program.ts", import.meta.url);

for (const runtime of RUNTIMES.filter(({ name }) => name !== "Deno")) {
  testOn(runtime, "Listener and Connection pass the adapter suite", async (binary, context) => {
    // Each test of the suite has its deadline, and so has the whole.
    const command = new Deno.Command(binary, { args: [await bundled(PROGRAM)], stdin: "null" });
    const { code, stdout, stderr } = await command.output();
    const said = new TextDecoder().decode(stderr);
    for (const line of new TextDecoder().decode(stdout).split("\n").filter((line) => line.startsWith("{"))) {
      const { name, failure }: TestResult = JSON.parse(line);
      await context.step(name, () => assert(failure === undefined, failure));
    }
    assertEquals([code, said], [0, ""]);
  });
}
