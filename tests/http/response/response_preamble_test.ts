import { assert, assertEquals, assertThrows } from "@std/assert";
import { type HeaderField, HttpHeaders } from "../../../src/http/headers.ts";
import { CommonFields } from "../../../src/http/response/common_fields.ts";
import { ResponsePreamble } from "../../../src/http/response/response_preamble.ts";
import { textOf } from "../../support/latin1.ts";
import { NOW_MS } from "../../support/sent_response.ts";

/** The field lines of a preamble, for a response with fields of its own. */
function linesOf(preamble: ResponsePreamble, own: readonly HeaderField[] = []): string[] {
  const text = textOf(preamble.get(200, new HttpHeaders(own).toWire(), "close", NOW_MS));
  return text.split("\r\n").slice(1, -1).filter((line) => !/^(Date|Connection):/.test(line));
}

Deno.test("ResponsePreamble makes a new Date each second, and refuses a name that splits the response", () => {
  const lines = new ResponsePreamble("s");
  const fields = new HttpHeaders().toWire();
  const at = (nowMs: number): string => textOf(lines.get(200, fields, "close", nowMs));
  assertEquals(at(NOW_MS), at(NOW_MS + 400));
  assert(at(NOW_MS + 500).includes("08:49:38"));
  assertThrows(() => new ResponsePreamble("a\r\nB: c"), TypeError);
});

// Fields of all responses, the fields of one response, and the lines of the preamble for the first.
const ROWS: readonly (readonly [
  fields: readonly HeaderField[],
  own: readonly HeaderField[],
  expected: readonly string[],
])[] = [
  [[["X-A", "1"], ["X-B", "2"]], [], ["X-A: 1", "X-B: 2"]],
  [[["X-A", "1"], ["X-B", "2"]], [["x-a", "own"]], ["X-B: 2"]],
  [[["X-A", "1"], ["X-A", "2"]], [], ["X-A: 1", "X-A: 2"]],
  [[["X-A", "1"], ["X-A", "2"]], [["X-A", "own"]], []],
  [[["Vary", "Origin"]], [["Vary", "Accept"]], ["Vary: Origin"]],
  [[["Vary", "Origin"]], [["vary", "Origin"]], []],
  [[["X-A", ""]], [], ["X-A: "]],
];

Deno.test("ResponsePreamble has the fields of all responses, except those that the response sets itself (RFC 9110 §12.5.5)", () => {
  for (const [fields, own, expected] of ROWS) {
    const preamble = new ResponsePreamble("", new CommonFields(fields));
    // The second time the lines come from memory.
    for (let i = 0; i < 2; i++) assertEquals(linesOf(preamble, own), expected);
  }
});

Deno.test("ResponsePreamble keeps apart the lines of responses that replace different fields", () => {
  const preamble = new ResponsePreamble("", new CommonFields([["X-A", "1"], ["X-B", "2"]]));
  const own = (name: string): readonly HeaderField[] => [[name, "own"]];
  for (let i = 0; i < 2; i++) {
    assertEquals(linesOf(preamble, own("X-A")), ["X-B: 2"]);
    assertEquals(linesOf(preamble, own("X-B")), ["X-A: 1"]);
    assertEquals(linesOf(preamble), ["X-A: 1", "X-B: 2"]);
  }
});

Deno.test("ResponsePreamble lets a Server field of all responses replace the server's name", () => {
  assertEquals(linesOf(new ResponsePreamble("millrace", new CommonFields([["Server", "mine"]]))), [
    "Server: mine",
  ]);
  assertEquals(
    linesOf(new ResponsePreamble("millrace", new CommonFields([["server", "mine"]])), [["Server", "own"]]),
    [],
  );
});

Deno.test("ResponsePreamble refuses fields that cannot be on all responses (RFC 9112 §6, §9)", () => {
  const rows: readonly HeaderField[] = [
    ["Connection", "close"],
    ["keep-alive", "timeout=5"],
    ["Content-Length", "0"],
    ["Transfer-Encoding", "chunked"],
    ["Upgrade", "h2c"],
    ["Trailer", "X-A"],
    ["Date", "Sun, 06 Nov 1994 08:49:37 GMT"],
    ["no token", "1"],
    ["X-A", "1\r\nX-B: 2"],
    ["X-A", "\u20ac"],
  ];
  for (const field of rows) {
    assertThrows(
      () => new ResponsePreamble("", new CommonFields([field])),
      TypeError,
      undefined,
      field.join(": "),
    );
  }
});

Deno.test("ResponsePreamble takes 40 fields of all responses, and no more", () => {
  const fields = Array.from({ length: 41 }, (_, index): HeaderField => [`X-${index}`, "1"]);
  const most = new ResponsePreamble("", new CommonFields(fields.slice(0, 40)));
  assertEquals(linesOf(most).length, 40);
  assertEquals(linesOf(most, [["X-0", "own"], ["X-39", "own"]]).length, 38);
  assertThrows(() => new ResponsePreamble("", new CommonFields(fields)), RangeError, "at most 40");
});
