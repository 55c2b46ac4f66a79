import { assert, assertEquals } from "@std/assert";
import { bytesOf, textOf } from "../support/latin1.ts";
import { COUNTING_FLAGS } from "../support/work_meter.ts";
import { Behaviours } from "./behaviours.ts";
import { minimize } from "./minimize.ts";

const INPUTS = 3_000;

// The places that inputs must reach: a generator that never reaches them would prove nothing.
const ENDS = [
  "tokens: well",
  "tokens: 400 not-http",
  "tokens: 400 bad-request-line",
  "tokens: 400 bad-target",
  "tokens: 505 bad-version",
  "tokens: 400 bad-field",
  "tokens: 400 bad-host",
  "tokens: 400 bad-framing",
  "tokens: 400 bad-chunk",
  "tokens: 400 incomplete",
  "tokens: 414 request-line-too-long",
  "tokens: 431 head-too-large",
  "requests: 1 requests",
  "requests: 3 requests",
  "serving: 200 keep-alive",
  "serving: 200 close",
  "serving: 400 close",
  "serving: 417 close",
  "serving: 505 close",
  "responses: 200",
  "responses: 204",
  "responses: 500",
  "responses: cut",
];

Deno.test("for any bytes and any response, tokens, requests, responses and their framing are well-formed (deno task fuzz)", async () => {
  const program = new URL("main.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-check",
      COUNTING_FLAGS,
      program,
      "--inputs",
      `${INPUTS}`,
      "--seed",
      "20260101",
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout);
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""], output);
  const ends = new Map(
    Array.from(output.matchAll(/^(\d+)\t(.*)$/gm), ([, count, end]) => [end!, Number(count)]),
  );
  for (const end of ENDS) assert((ends.get(end) ?? 0) >= 3, `${end}: ${ends.get(end)}`);
  const [, kept, paths, functions] = /(\d+) kept; (\d+) ways through (\d+) functions/.exec(output)!.map(
    Number,
  );
  assert(kept! > 100 && paths! > 800 && functions! > 200, output);
});

Deno.test("minimize() cuts an input down to the part that makes it fail", async () => {
  const fails = (input: Uint8Array): Promise<boolean> => Promise.resolve(/a.*b/.test(textOf(input)));
  const smallest = await minimize(bytesOf("xxxxaxxxxxxxxxxxxxxbxx"), fails);
  assertEquals(textOf(smallest), "ab");
});

Deno.test("Behaviours tells new ways through a function from those that were seen", () => {
  const behaviours = new Behaviours();
  const run = (...skipped: readonly number[]): boolean =>
    behaviours.learn([{
      name: "f",
      ranges: [
        { startOffset: 0, endOffset: 9, count: 7 },
        ...skipped.map((startOffset) => ({ startOffset, endOffset: 9, count: 0 })),
      ],
    }]);
  // In this order; true means a new way.
  assertEquals(
    { whole: run(), again: run(), without3: run(3), again3: run(3), without3And5: run(3, 5), last: run() },
    { whole: true, again: false, without3: true, again3: false, without3And5: true, last: false },
  );
  assertEquals([behaviours.functionCount, behaviours.pathCount], [1, 3]);
});
