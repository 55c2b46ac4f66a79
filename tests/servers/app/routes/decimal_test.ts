import { assertEquals } from "@std/assert";
import { formatDecimal, parseDecimal } from "../../../../src/servers/app/routes/decimal.ts";

const NUMBERS: readonly (readonly [text: string, value: number])[] = [
  ["0", 0],
  ["12", 12],
  ["007", 7],
  ["+5", 5],
  ["-5", -5],
  ["1.25", 1.25],
  [".5", 0.5],
  ["-.5", -0.5],
  ["5.", 5],
  ["1e3", 1000],
  ["1E+3", 1000],
  ["5.e1", 50],
  [".5e-1", 0.05],
  ["9007199254740993", 9007199254740992],
  ["1e400", Infinity],
  ["-1e400", -Infinity],
  ["1e-400", 0],
];

Deno.test("parseDecimal() reads the decimal grammar", () => {
  for (const [text, value] of NUMBERS) assertEquals(parseDecimal(text), value, text);
});

const NO_NUMBERS = [
  ["", " ", "1 ", " 1", "\t1", "1\n", "\u00a01", "1 2"],
  [".", "+", "-", "e", "e3", "1e", "1e+", ".e1", "1e1.5"],
  ["++1", "+-1", "1-", "1.2.3", "1,5", "1_000", "1'000"],
  ["0x10", "0b1", "0o7", "10n", "NaN", "Infinity", "-Infinity", "null", "true"],
  ["one", "1a", "\u0661", "\uff11", "\u22121", "1/2", "<1>", "\0"],
].flat();

Deno.test("parseDecimal() refuses everything else", () => {
  for (const text of NO_NUMBERS) assertEquals(parseDecimal(text), undefined, JSON.stringify(text));
});

Deno.test("parseDecimal() takes time linear in the length of a hostile text", () => {
  assertEquals(parseDecimal("1".repeat(100_000) + "x"), undefined);
  assertEquals(parseDecimal("1".repeat(50_000) + "." + "1".repeat(50_000) + "e"), undefined);
});

const FORMATS: readonly (readonly [value: number, text: string])[] = [
  [0, "0"],
  [-0, "0"],
  [2.5, "2.5"],
  [-1 / 3, "-0.3333333333333333"],
  [0.3 / 0.1, "2.9999999999999996"],
  [1e-6, "0.000001"],
  [1e-7, "0.0000001"],
  [-1.5e-7, "-0.00000015"],
  [1.2345e-10, "0.00000000012345"],
  [1e-20, "0.00000000000000000001"],
  [9.9e-21, "9.9e-21"],
  [1e20, "100000000000000000000"],
  [1e21, "1000000000000000000000"],
  [-1.5e21, "-1500000000000000000000"],
  [2 ** 70, "1180591620717411300000"],
  [9.999e29, "999900000000000000000000000000"],
  [1e30, "1e+30"],
  [1.7976931348623157e308, "1.7976931348623157e+308"],
  [5e-324, "5e-324"],
];

Deno.test("formatDecimal() writes the shortest digits, and an exponent only far from one", () => {
  for (const [value, text] of FORMATS) assertEquals(formatDecimal(value), text);
});

Deno.test("formatDecimal() gives a text that parseDecimal() reads as the same double", () => {
  let seed = 42;
  for (let i = 0; i < 5000; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const value = (seed / 2147483648 - 0.5) * 10 ** ((seed % 70) - 35);
    assertEquals(parseDecimal(formatDecimal(value)), value);
  }
});
