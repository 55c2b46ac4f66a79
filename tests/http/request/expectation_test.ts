import { assertEquals } from "@std/assert";
import { readExpectation } from "../../../src/http/request/expectation.ts";
import { HttpHeaders } from "../../../src/http/headers.ts";
import type { HttpVersion } from "../../../src/http/tokens/head/request_head.ts";

// The values of Expect, line by line.
const ROWS: readonly (readonly [version: HttpVersion, lines: readonly string[], expected: string])[] = [
  ["1.1", [], "none"],
  ["1.1", [""], "none"],
  ["1.1", [" , ,"], "none"],
  ["1.1", ["100-continue"], "continue"],
  ["1.1", [",100-Continue,"], "continue"],
  ["1.1", ["100-continue", "100-continue"], "continue"],
  ["1.1", ["100-continue, x"], "unknown"],
  ["1.1", ["100-continue", "x"], "unknown"],
  ["1.1", ["100-continue=1"], "unknown"],
  ["1.0", ["100-continue"], "none"],
  ["1.0", ["x"], "none"],
];

Deno.test("readExpectation() reads the members of all lines, empty ones left out (RFC 9110 §10.1.1)", () => {
  for (const [version, lines, expected] of ROWS) {
    const headers = new HttpHeaders(lines.map((line) => ["Expect", line] as const));
    assertEquals(
      readExpectation({ method: "POST", target: "/", version, headers }),
      expected,
      lines.join("|"),
    );
  }
});
