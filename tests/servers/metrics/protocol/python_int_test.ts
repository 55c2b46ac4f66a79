import { assertEquals } from "@std/assert";
import { writeInteger } from "../../../../src/servers/metrics/protocol/number_writer.ts";
import { parsePythonInt } from "../../../../src/servers/metrics/protocol/python_int.ts";

function parse(text: string): number | undefined {
  const bytes = new TextEncoder().encode(`<${text}>`);
  return parsePythonInt(bytes, 1, bytes.length - 1);
}

const ROWS: readonly (readonly [string, number | undefined])[] = [
  ["0", 0],
  ["-0", 0],
  ["1503319740", 1503319740],
  ["-3", -3],
  ["+4", 4],
  ["007", 7],
  ["1_0", 10],
  ["1_0_0", 100],
  ["9007199254740991", 9007199254740991],
  ["-9007199254740991", -9007199254740991],
  ["00000000000000000000000000000000000001", 1],
  ["9007199254740992", undefined],
  ["-9007199254740992", undefined],
  ["99999999999999999999", undefined],
  ["", undefined],
  ["+", undefined],
  ["-", undefined],
  ["_1", undefined],
  ["1_", undefined],
  ["1__0", undefined],
  ["-_1", undefined],
  ["+-1", undefined],
  ["1.5", undefined],
  ["1e3", undefined],
  ["0x10", undefined],
  ["1 ", undefined],
  ["\u0661", undefined],
];

for (const [text, value] of ROWS) {
  const verb = value === undefined ? "refuses" : "reads";
  Deno.test(`parsePythonInt() ${verb} ${JSON.stringify(text)} as Python's int() does, up to 2^53-1`, () => {
    assertEquals(parse(text), value);
  });
}

Deno.test("writeInteger() writes the same as String()", () => {
  const bytes = new Uint8Array(32);
  for (let power = 0; power < 53; power++) {
    for (const value of [2 ** power - 1, 2 ** power, 10 ** (power % 15), 10 ** (power % 15) - 1]) {
      for (const signed of [value, value === 0 ? 0 : -value]) {
        assertEquals(
          new TextDecoder().decode(bytes.subarray(0, writeInteger(bytes, 0, signed))),
          String(signed),
        );
      }
    }
  }
});
