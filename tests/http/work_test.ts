import { assertEquals } from "@std/assert";
import { COUNTING_FLAGS } from "../support/work_meter.ts";

Deno.test("no input costs quadratic work: twice the input takes at most little more than twice the operations", async () => {
  const cases = new URL("work_cases.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--no-check", "--allow-all", COUNTING_FLAGS, cases],
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals([code, /(\d+) failed/.exec(output)?.[1]], [0, "0"], output);
});
