import { assert, assertEquals } from "@std/assert";
import { writePythonFloat } from "../../../../src/servers/metrics/protocol/number_writer.ts";
import {
  formatPythonFloat,
  parsePythonFloat,
} from "../../../../src/servers/metrics/protocol/python_float.ts";

const PAIRS_URL = new URL("../../../../../shared/python-float-repr.tsv", import.meta.url);

function parse(text: string): number | undefined {
  const bytes = new TextEncoder().encode(`<${text}>`);
  return parsePythonFloat(bytes, 1, bytes.length - 1);
}

function write(value: number): string {
  const bytes = new Uint8Array(64);
  return new TextDecoder().decode(bytes.subarray(0, writePythonFloat(bytes, 0, value)));
}

// The output of CPython 3.11 for repr() of the double.
const REPR: readonly (readonly [number, string])[] = [
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [-1, "-1.0"],
  [10, "10.0"],
  [0.1, "0.1"],
  [-12.75, "-12.75"],
  [0.1 + 0.2, "0.30000000000000004"],
  [1 / 3, "0.3333333333333333"],
  [123456.789, "123456.789"],
  [0.000123, "0.000123"],
  [1e-4, "0.0001"],
  [1e-5, "1e-05"],
  [1.5e-7, "1.5e-07"],
  [1e-300, "1e-300"],
  [5e-324, "5e-324"],
  [2 ** 53, "9007199254740992.0"],
  [999_999_999_999_999, "999999999999999.0"],
  [1e15, "1000000000000000.0"],
  [9_999_999_999_999_998, "9999999999999998.0"],
  [1e16, "1e+16"],
  [-1.25e16, "-1.25e+16"],
  [1e21, "1e+21"],
  [1e22, "1e+22"],
  [1.7976931348623157e308, "1.7976931348623157e+308"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  [NaN, "nan"],
];

for (const [value, text] of REPR) {
  Deno.test(`formatPythonFloat() prints ${text} as CPython's repr does, and parsePythonFloat() reads it back`, () => {
    assertEquals(formatPythonFloat(value), text);
    assertEquals(write(value), text);
    assert(Object.is(parse(text), value));
  });
}

const ACCEPTED: readonly (readonly [string, number])[] = [
  ["12.0", 12],
  ["10", 10],
  ["+.5", 0.5],
  ["5.", 5],
  ["-5.", -5],
  ["-0", -0],
  ["-0.0", -0],
  ["007", 7],
  ["1e3", 1000],
  ["1E3", 1000],
  ["1e+3", 1000],
  ["5.e-1", 0.5],
  [".5e1", 5],
  ["1_000", 1000],
  ["1_0.2_5e0_1", 102.5],
  ["123456789012345", 123456789012345],
  ["1234567890123456789", 1234567890123456789],
  ["0.1234567890123456789", 0.1234567890123456789],
  ["9007199254740993", 9007199254740992],
  ["2.2250738585072011e-308", 2.2250738585072011e-308],
  ["1e400", Infinity],
  ["-1e400", -Infinity],
  ["1e-400", 0],
  ["inf", Infinity],
  ["INF", Infinity],
  ["+inf", Infinity],
  ["-Infinity", -Infinity],
  ["infinity", Infinity],
  ["nan", NaN],
  ["-NaN", NaN],
];

for (const [text, value] of ACCEPTED) {
  Deno.test(`parsePythonFloat() reads ${text} as Python's float() does`, () => {
    assert(Object.is(parse(text), value), `got ${parse(text)}`);
  });
}

const REFUSED: readonly string[] = [
  "",
  "+",
  "-",
  ".",
  "+.",
  "e3",
  ".e3",
  "1e",
  "1e+",
  "1,5",
  "0x10",
  "1.2.3",
  "--1",
  "+-1",
  "1-",
  "_1",
  "1_",
  "1__0",
  "1_.0",
  "1._0",
  "1e_3",
  "1_e3",
  "1 ",
  " 1",
  "1\r",
  "1f",
  "1L",
  "in",
  "infin",
  "nano",
  "nan(1)",
  "1j",
  "\u0661",
  "\uff11",
  "1\u00a0",
];

for (const text of REFUSED) {
  Deno.test(`parsePythonFloat() refuses ${JSON.stringify(text)} as Python's float() does`, () => {
    assertEquals(parse(text), undefined);
  });
}

Deno.test("parsePythonFloat() is quick for a very long word", () => {
  const digits = "1".repeat(60_000);
  assertEquals(parse(digits), Infinity);
  assertEquals(parse(`${digits}x`), undefined);
  assertEquals(parse(`${digits}_`), undefined);
  assertEquals(parse(`0.${digits}`), 0.1111111111111111);
});

// This test needs pairs that were made with CPython and are not part of this repository.
const pairs = await readPairs();

async function readPairs(): Promise<[number, string][] | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(PAIRS_URL);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const view = new DataView(new ArrayBuffer(8));
  return text.trimEnd().split("\n").map((line) => {
    const [bits, repr] = line.split("\t") as [string, string];
    view.setBigUint64(0, BigInt(`0x${bits}`));
    return [view.getFloat64(0), repr];
  });
}

const skipped = pairs === undefined
  ? ` (skipped: no file ${PAIRS_URL.pathname.split("/").pop()} beside the checkout)`
  : "";

Deno.test({
  name: `formatPythonFloat() and parsePythonFloat() agree with 20,000 pairs made with CPython${skipped}`,
  ignore: pairs === undefined,
  fn(): void {
    assertEquals(pairs?.length, 20_000);
    for (const [value, text] of pairs ?? []) {
      assertEquals(formatPythonFloat(value), text);
      assertEquals(write(value), text);
      assert(Object.is(parse(text), value), `${text} reads as ${parse(text)}`);
    }
  },
});
