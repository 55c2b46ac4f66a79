import { assertEquals } from "@std/assert";
import { decideRanges, parseRanges } from "../../../../src/servers/static/answers/byte_ranges.ts";

const SIZE = 1_000;
const HUGE = "9".repeat(30);

// The parts of a file of 1,000 bytes that are sent; or "whole", or "unsatisfiable".
const DECISIONS: readonly (readonly [field: string, expected: string])[] = [
  ["bytes=0-0", "0-0"],
  ["bytes=0-499", "0-499"],
  ["bytes=500-999", "500-999"],
  ["bytes=-500", "500-999"],
  ["bytes=9500-", "unsatisfiable"],
  ["bytes=0-", "0-999"],
  ["bytes=-1", "999-999"],
  ["bytes=999-", "999-999"],
  ["bytes=999-2000", "999-999"],
  ["bytes=-2000", "0-999"],
  ["Bytes=0-1", "0-1"],
  ["bytes=00-01", "0-1"],
  ["bytes=0-1, 5-6", "0-1 5-6"],
  ["bytes=5-6,0-1", "5-6 0-1"],
  ["bytes=0-1\t,\t5-6 ,", "0-1 5-6"],
  ["bytes=,0-1,,", "0-1"],
  ["bytes=0-5,3-9", "0-9"],
  ["bytes=3-9,0-5", "0-9"],
  ["bytes=0-9,2-3", "0-9"],
  ["bytes=20-30,0-5,25-40", "20-40 0-5"],
  ["bytes=0-0,1-1", "0-0 1-1"],
  ["bytes=0-,-1", "0-999"],
  ["bytes=0-1,2000-", "0-1"],
  ["bytes=-0,0-1", "0-1"],
  ["bytes=1000-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=-0,1000-", "unsatisfiable"],
  [`bytes=${HUGE}-`, "unsatisfiable"],
  [`bytes=0-${HUGE}`, "0-999"],
  [`bytes=-${HUGE}`, "0-999"],
  [`bytes=${HUGE}1-${HUGE}0`, "whole"],
  ["bytes=5-3", "whole"],
  ["bytes=0-1,5-3", "whole"],
  ["bytes=", "whole"],
  ["bytes=,", "whole"],
  ["bytes=-", "whole"],
  ["bytes=--1", "whole"],
  ["bytes=a-b", "whole"],
  ["bytes=0-1x", "whole"],
  ["bytes=+0-1", "whole"],
  ["bytes=0x0-1", "whole"],
  ["bytes=0 - 1", "whole"],
  ["bytes=1", "whole"],
  ["bytes = 0-1", "whole"],
  ["bytes 0-1", "whole"],
  ["0-1", "whole"],
  ["lines=0-1", "whole"],
  ["", "whole"],
];

function decide(field: string, size: number): string {
  const decision = decideRanges(field, size);
  return decision.kind === "parts"
    ? decision.parts.map(({ first, last }) => `${first}-${last}`).join(" ")
    : decision.kind;
}

Deno.test("decideRanges() responds to each form of Range (RFC 9110 §14.1.2, §14.2)", () => {
  for (const [field, expected] of DECISIONS) assertEquals(decide(field, SIZE), expected, field);
  assertEquals(decideRanges(undefined, SIZE), { kind: "whole" });
});

Deno.test("decideRanges() finds the end of an empty file, but no byte from its start", () => {
  assertEquals(decide("bytes=0-", 0), "unsatisfiable");
  assertEquals(decide("bytes=0-0", 0), "unsatisfiable");
  assertEquals(decide("bytes=-0", 0), "unsatisfiable");
  assertEquals(decide("bytes=-5", 0), "whole");
});

Deno.test("decideRanges() ignores more than 50 ranges (CVE-2011-3192)", () => {
  const list = (count: number): string =>
    `bytes=${Array.from({ length: count }, (_, i) => `${i * 2}-${i * 2}`).join(",")}`;
  assertEquals(decide(list(50), SIZE).split(" ").length, 50);
  assertEquals(decide(list(51), SIZE), "whole");
});

Deno.test("decideRanges() never sends a byte twice (CVE-2017-7529)", () => {
  const field = "bytes=" + Array.from({ length: 50 }, (_, i) => `${i}-`).join(",");
  assertEquals(decide(field, SIZE), "0-999");
});

Deno.test("parseRanges() keeps the ranges as requested", () => {
  assertEquals(parseRanges("bytes=1-2,3-,-4"), [
    { kind: "from", first: 1, last: 2 },
    { kind: "from", first: 3, last: Infinity },
    { kind: "suffix", length: 4 },
  ]);
});
