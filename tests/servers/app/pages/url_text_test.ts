import { assertEquals, assertThrows } from "@std/assert";
import { HttpError } from "../../../../src/http/errors.ts";
import { decodePercent, parseFormQuery, requireField } from "../../../../src/servers/app/pages/url_text.ts";

Deno.test("decodePercent() decodes UTF-8 and leaves a plus alone (RFC 3986 §2.1)", () => {
  assertEquals(decodePercent("1+%2B%2f%20%C3%A4%00"), "1++/ \u00e4\0");
});

const MALFORMED = ["%", "%1", "%zz", "a%2", "%%41", "%FF", "%C3", "%C0%AF", "%ED%A0%80"];

Deno.test("decodePercent() refuses malformed escapes and bytes that are not UTF-8", () => {
  for (const text of MALFORMED) {
    const error = assertThrows(() => decodePercent(text), HttpError) as HttpError;
    assertEquals(error.status, 400, text);
  }
});

const QUERIES: readonly (readonly [query: string, values: readonly (readonly [string, string])[]])[] = [
  ["", []],
  ["a=1&b=2", [["a", "1"], ["b", "2"]]],
  ["a=&b", [["a", ""], ["b", ""]]],
  ["a=1+2%2B3", [["a", "1 2+3"]]],
  ["a=b=c", [["a", "b=c"]]],
  ["&&a=1&", [["a", "1"]]],
  ["a=1&a=2", [["a", "1"]]],
  ["%61=%26", [["a", "&"]]],
  ["__proto__=1", [["__proto__", "1"]]],
];

Deno.test("parseFormQuery() reads the queries of forms", () => {
  for (const [query, values] of QUERIES) assertEquals([...parseFormQuery(query)], values, query);
});

Deno.test("parseFormQuery() refuses malformed escapes", () => {
  for (const query of ["a=%", "%zz=1", "a=1&b=%FF"]) assertThrows(() => parseFormQuery(query), HttpError);
});

Deno.test("requireField() gives a field, also if it is empty, and refuses a missing one by name", () => {
  assertEquals(requireField(parseFormQuery("a="), "a"), "");
  const error = assertThrows(() => requireField(parseFormQuery("a="), "b"), HttpError, '"b"') as HttpError;
  assertEquals(error.status, 400);
});
