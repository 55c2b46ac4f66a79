import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { deflateRawSync, gzipSync } from "node:zlib";
import { bytesOfLatin1, latin1Of } from "../../../../src/servers/trap/page/client/text/bytes.js";
import { decodedContent } from "../../../../src/servers/trap/page/client/content/content_coding.js";
import { cookiesOf, formFields } from "../../../../src/servers/trap/page/client/content/form_fields.js";
import {
  blockEnd,
  isClosing,
  layOutJson,
  plainLines,
  unfolded,
  valueText,
} from "../../../../src/servers/trap/page/client/content/json_layout.js";
import {
  multipartParts,
  parameterOf,
} from "../../../../src/servers/trap/page/client/content/multipart_parts.js";
import type { Pair } from "../../../../src/servers/trap/page/client/page_types.ts";
import { headLength, headLines } from "../../../../src/servers/trap/page/client/detail/wire_head.js";

Deno.test("layOutJson() indents, and leaves numbers, doubled names and escapes as they were sent", () => {
  const text = '{"a":12345678901234567890,"a":1.0,"s":"\\u0041\\"{,}","e":[],"o":{},"l":[true,null]}';
  assertEquals(plainLines(layOutJson(text)), [
    "{",
    '  "a": 12345678901234567890,',
    '  "a": 1.0,',
    '  "s": "\\u0041\\"{,}",',
    '  "e": [],',
    '  "o": {},',
    '  "l": [',
    "    true,",
    "    null",
    "  ]",
    "}",
  ]);
});

Deno.test("layOutJson() names the kinds of its tokens", () => {
  const [line] = layOutJson('["k", -1, false]').slice(1, 2);
  assertEquals(line, { depth: 1, tokens: [{ kind: "string", text: '"k"' }, { kind: "mark", text: "," }] });
  assertEquals(layOutJson('{"k":-1}')[1]?.tokens.map(({ kind }) => kind), ["key", "mark", "number"]);
});

Deno.test("layOutJson() takes texts line by line (NDJSON), and refuses other texts", () => {
  assertEquals(plainLines(layOutJson('{"a":1}\n[2]\n')), ["{", '  "a": 1', "}", "[", "  2", "]"]);
  for (const text of ["", "{a:1}", '{"a":1}\nno', "'x'"]) assertThrows(() => layOutJson(text), SyntaxError);
});

const CUT_TEXTS: readonly (readonly [text: string, lines: readonly string[]])[] = [
  ['{"a":[1,{"b":"tex', ["{", '  "a": [', "    1,", "    {", '      "b": "tex']],
  ['["a\\', ["[", '  "a\\']],
  ['[1,"a,', ["[", "  1,", '  "a,']],
  ["[1,12", ["[", "  1,", "  12"]],
  ['{"a":1,"b"', ["{", '  "a": 1,', '  "b"']],
  ['{"a":1}\n{"b":', ["{", '  "a": 1', "}", "{", '  "b": ']],
  ["[[],{}", ["[", "  [],", "  {}"]],
  ["1\n2\n[3", ["1", "2", "[", "  3"]],
];

Deno.test("layOutJson() lays out the beginning of a text that is cut", () => {
  for (const [text, lines] of CUT_TEXTS) {
    assertEquals(plainLines(layOutJson(text, "cut")), lines, text);
    assertThrows(() => layOutJson(text), SyntaxError);
  }
  for (const text of ["no JSON, but a text", "{a:1,", '{"a":1}}', '{"a":1},{"b']) {
    assertThrows(() => layOutJson(text, "cut"), SyntaxError, undefined, text);
  }
});

Deno.test("layOutJson() copes with depth, and with a long string", () => {
  assertEquals(layOutJson(`["${"\\n".repeat(4_000_000)}"]`).length, 3);
  assertEquals(layOutJson("[".repeat(5_000) + "]".repeat(5_000)).length, 9_999);
});

Deno.test("formFields() decodes names and values (URL standard, urlencoded parsing)", () => {
  assertEquals(formFields("a=1&b=x+y%26z&&c&%C3%BC=%FF&d=%zz"), [
    ["a", "1"],
    ["b", "x y&z"],
    ["c", ""],
    ["ü", "\xff"],
    ["d", "%zz"],
  ]);
});

Deno.test("cookiesOf() splits all Cookie fields (RFC 6265 §4.2.1)", () => {
  assertEquals(cookiesOf([["Cookie", "a=1; b=x=y; ; lone"], ["Other", "no=1"], ["COOKIE", "c=\xc3\xbc"]]), [
    ["a", "1"],
    ["b", "x=y"],
    ["", "lone"],
    ["c", "ü"],
  ]);
});

const PARTS = '--b\r\nContent-Disposition: form-data; name="t"\r\n\r\none\r\n--b \r\n' +
  'content-disposition: form-data; name="f"; filename="a\\"b.bin"\r\nContent-Type: image/png\r\n\r\n\x00\xff\r\n\r\n--b--\r\n';

Deno.test("multipartParts() gives head, names and bytes of each part (RFC 2046 §5.1, RFC 7578)", () => {
  const { parts, problem } = multipartParts(bytesOfLatin1(PARTS), 'multipart/form-data; boundary="b"');
  assertEquals(problem, "");
  assertEquals(
    parts.map(({ name, fileName, contentType, bytes }) => [name, fileName, contentType, latin1Of(bytes)]),
    [
      ["t", undefined, "", "one"],
      ["f", 'a"b.bin', "image/png", "\x00\xff\r\n"],
    ],
  );
  assertEquals(parts[1]?.headers[1], ["Content-Type", "image/png"]);
});

Deno.test("multipartParts() reads broken content as far as it can, and says so", () => {
  const read = (latin1: string, type = "multipart/mixed; boundary=b") =>
    multipartParts(bytesOfLatin1(latin1), type);
  assertMatch(read(PARTS, "multipart/mixed").problem, /names no boundary/);
  assertMatch(read("nothing").problem, /No line begins/);
  const open = read("--b\r\n\r\nx");
  assertEquals([open.parts.length, latin1Of(open.parts[0]!.bytes), open.problem], [
    1,
    "x",
    "The closing boundary is missing.",
  ]);
  assertEquals(read("--b\r\nno colon").parts[0]?.headers, [["no colon", ""]]);
  assertEquals(parameterOf("x; NAME = bare", "name"), "bare");
});

Deno.test("headLines() keeps offsets and the ends of lines, up to the empty line (RFC 9112 §2.1)", () => {
  const read = (latin1: string) =>
    headLines(bytesOfLatin1(latin1)).map(({ offset, bytes, ending }) => [offset, latin1Of(bytes), ending]);
  assertEquals(read("GET / HTTP/1.1\r\nA: 1\nB:\r2\r\n\r\nbody\r\n"), [
    [0, "GET / HTTP/1.1", "\r\n"],
    [16, "A: 1", "\n"],
    [21, "B:\r2", "\r\n"],
    [27, "", "\r\n"],
  ]);
  assertEquals(read("\r\nGET"), [[0, "", "\r\n"], [2, "GET", ""]]);
  assertEquals([headLength(headLines(bytesOfLatin1("A\r\n\r\nxyz"))), headLength([])], [5, 0]);
});

Deno.test("decodedContent() removes gzip and deflate, asks the trap about others, and names the codings that it cannot remove", async () => {
  const plain = bytesOfLatin1("wheel ".repeat(1_000));
  const packed = Uint8Array.from(gzipSync(plain));
  const decode = (bytes: Uint8Array<ArrayBuffer>, coding: string) =>
    decodedContent(bytes, [["Content-Encoding", coding]], () => Promise.reject(new Error("unknown")));
  assertEquals(await decode(packed, "GZIP"), { bytes: plain, note: "Unpacked from gzip." });
  assertEquals(await decodedContent(packed, [], () => Promise.reject(new Error("unused"))), {
    bytes: packed,
    note: "",
  });
  assertEquals((await decode(plain, "gzip")).bytes, plain);
  assertEquals((await decode(Uint8Array.from(deflateRawSync(plain)), "deflate")).bytes, plain);
  const both: readonly Pair[] = [["Content-Encoding", "gzip"], ["content-encoding", "br"]];
  const byTrap = await decodedContent(packed, both, () => Promise.resolve({ bytes: plain }));
  assertEquals(byTrap, { bytes: plain, note: "Unpacked from gzip, br." });
  assertMatch((await decode(plain, "gzip")).note, /not gzip, though it says so/);
  assertMatch((await decode(plain, "br")).note, /coding "br" cannot be undone/);
  assertEquals(
    (await decode(packed.slice(0, -4), "gzip")).note,
    "Unpacked from gzip, as far as it is well-formed.",
  );
  const bomb = Uint8Array.from(gzipSync(new Uint8Array(2 ** 25)));
  const { bytes, note } = await decode(bomb, "gzip");
  assertEquals({ isCut: bytes.length < 2 ** 24, note }, {
    isCut: true,
    note: "Unpacked from gzip, the beginning.",
  });
});

Deno.test("blockEnd(), unfolded() and valueText() fold and copy objects and arrays of a JSON text", () => {
  const lines = layOutJson('{"a":{"b":[1,2]},"c":"x","d":[]}');
  assertEquals(
    lines.map((_, index) => blockEnd(lines, index)),
    [9, 6, 5, 3, 4, 5, 6, 7, 8, 9],
  );
  assertEquals(unfolded(lines, new Set([1])), [0, 1, 6, 7, 8, 9]);
  assertEquals(valueText(lines, 1, blockEnd(lines, 1)), '{\n  "b": [\n    1,\n    2\n  ]\n}');
  assertEquals(valueText(lines, 7, 7), '"x"');
  assertEquals(lines.filter(({ tokens }) => isClosing(tokens)).length, 3);
});
