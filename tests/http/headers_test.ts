import { assertEquals } from "@std/assert";
import { HttpHeaders, listsToken } from "../../src/http/headers.ts";
import { shouldKeepAlive } from "../../src/http/response/persistence.ts";
import type { HttpVersion } from "../../src/http/tokens/head/request_head.ts";

Deno.test("HttpHeaders keeps order, case and repetition, and compares names without case (RFC 9110 §5.1, §5.3)", () => {
  const headers = new HttpHeaders([["A", "1"], ["b", "2"], ["a", "3"]]);
  assertEquals([...headers], [["A", "1"], ["b", "2"], ["a", "3"]]);
  assertEquals([headers.size, headers.get("a"), headers.getAll("A"), headers.count("a")], [
    3,
    "1",
    ["1", "3"],
    2,
  ]);
  assertEquals({
    hasB: headers.has("B"),
    hasC: headers.has("c"),
    c: headers.get("c"),
    allC: headers.getAll("c"),
  }, { hasB: true, hasC: false, c: undefined, allC: [] });
});

Deno.test("HttpHeaders takes any iterable, another HttpHeaders too", () => {
  const headers = new HttpHeaders(new HttpHeaders(new Map([["A", "1"]])));
  assertEquals([...headers], [["A", "1"]]);
});

Deno.test("HttpHeaders.set() replaces all lines of a name, delete() removes them", () => {
  const headers = new HttpHeaders([["A", "1"], ["b", "2"], ["a", "3"]]);
  headers.set("a", "4");
  assertEquals([...headers], [["b", "2"], ["a", "4"]]);
  headers.delete("B");
  headers.delete("never");
  assertEquals([...headers], [["a", "4"]]);
});

Deno.test("HttpHeaders compares names in ASCII alone: the Kelvin sign is not a k", () => {
  const headers = new HttpHeaders([["Cookie", "a"]]);
  assertEquals({
    hasKelvinSign: headers.has("coo\u212aie"),
    hasUpperCase: headers.has("COOKIE"),
    hasLowerCase: headers.has("cookie"),
  }, { hasKelvinSign: false, hasUpperCase: true, hasLowerCase: true });
});

Deno.test("HttpHeaders.getList() joins the lists of all lines (RFC 9110 §5.6.1)", () => {
  const headers = new HttpHeaders([["A", "1, 2"], ["A", ' ,"3,4", '], ["A", ""]]);
  assertEquals(headers.getList("a"), ["1", "2", '"3,4"']);
});

Deno.test("HttpHeaders.toWire() follows every change", () => {
  const headers = new HttpHeaders([["A", "1"]]);
  const lines = (): string[] => [...headers.toWire().lines];
  assertEquals([lines(), lines()], [["A", "1"], ["A", "1"]]);
  assertEquals(new TextDecoder().decode(headers.toWire().bytes), "A: 1\r\n");
  headers.append("B", "2");
  assertEquals({ lines: lines(), hasDate: headers.toWire().hasDate }, {
    lines: ["A", "1", "B", "2"],
    hasDate: false,
  });
  headers.set("Date", "x");
  headers.set("server", "y");
  headers.set("Content-Length", "7");
  const { hasDate, hasServer, contentLength } = headers.toWire();
  assertEquals({ hasDate, hasServer, contentLength }, { hasDate: true, hasServer: true, contentLength: "7" });
  headers.delete("A");
  assertEquals(lines(), ["B", "2", "Date", "x", "server", "y"]);
});

Deno.test("listsToken() finds whole members, without case", () => {
  for (const value of ["close", "CLOSE", "a, close", " close ,b"]) {
    assertEquals(listsToken(value, "close"), true);
  }
  for (const value of ["", "closed", '"close"', "a close", "cl\u00f6se"]) {
    assertEquals(listsToken(value, "close"), false);
  }
});

const PERSISTENCE: readonly (readonly [HttpVersion, readonly string[], boolean])[] = [
  ["1.1", [], true],
  ["1.1", ["keep-alive"], true],
  ["1.1", ["close"], false],
  ["1.1", ["keep-alive, close"], false],
  ["1.1", ["keep-alive", "Close"], false],
  ["1.1", ["upgrade"], true],
  ["1.0", [], false],
  ["1.0", ["Keep-Alive"], true],
  ["1.0", ["keep-alive", "close"], false],
  ["1.0", ["upgrade"], false],
];

for (const [version, values, lives] of PERSISTENCE) {
  Deno.test(`shouldKeepAlive() says ${lives} to ${JSON.stringify(values)} in HTTP/${version} (RFC 9112 §9.3)`, () => {
    const headers = new HttpHeaders(values.map((value) => ["Connection", value]));
    assertEquals(shouldKeepAlive({ method: "GET", target: "/", version, headers }), lives);
  });
}

Deno.test("HttpHeaders.clone() makes a copy that shares nothing that can be changed", () => {
  const original = new HttpHeaders([["A", "1"], ["B", "2"]]);
  const copy = original.clone();
  const other = copy.clone();
  copy.append("C", "3");
  original.delete("a");
  assertEquals([...original], [["B", "2"]]);
  assertEquals([...copy], [["A", "1"], ["B", "2"], ["C", "3"]]);
  assertEquals([...other], [["A", "1"], ["B", "2"]]);
  assertEquals(other.toWire().bytes, new TextEncoder().encode("A: 1\r\nB: 2\r\n"));
  assertEquals(copy.toWire().lines, ["A", "1", "B", "2", "C", "3"]);
});
