import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/program/flags/flag.ts";
import { durationFlag, portFlag, sizeFlag, timeFlag } from "../../../src/program/flags/flag_kinds.ts";
import { parseFlags } from "../../../src/program/flags/parse_flags.ts";
import { formatSize, formatTime } from "../../../src/program/flags/quantities.ts";

const TABLE = {
  size: sizeFlag({ help: "", default: 65_536 }),
  "wait-ms": timeFlag({ help: "", default: 10_000 }),
  "grace-ms": timeFlag({ help: "", default: 0, min: 0 }),
  age: durationFlag({ help: "" }),
};

Deno.test("sizeFlag() takes bytes and sizes with units", () => {
  const rows: [text: string, bytes: number | undefined][] = [
    ["1", 1],
    ["4096", 4_096],
    ["512B", 512],
    ["64KiB", 65_536],
    ["10MiB", 10_485_760],
    ["1.5GiB", 1_610_612_736],
    ["2kB", undefined],
    ["5MB", undefined],
    ["0", undefined],
    ["0.3KiB", undefined],
    ["10mib", undefined],
    ["10M", undefined],
    ["MiB", undefined],
    ["-1", undefined],
    ["1e3", undefined],
    ["9999999999999999TiB", undefined],
  ];
  for (const [text, bytes] of rows) {
    const read = (): number => parseFlags([`--size=${text}`], TABLE).size;
    if (bytes === undefined) assertThrows(read, UsageError, "expected a size such as 64KiB or 256MiB", text);
    else assertEquals(read(), bytes, text);
  }
});

Deno.test("timeFlag() takes milliseconds and times with units", () => {
  const rows: [text: string, timeMs: number | undefined][] = [
    ["1500", 1_500],
    ["500ms", 500],
    ["10s", 10_000],
    ["1.5s", 1_500],
    ["2m", 120_000],
    ["2min", 120_000],
    ["1h", 3_600_000],
    ["1d", 86_400_000],
    ["0", undefined],
    ["soon", undefined],
    ["10 seconds", undefined],
    ["25d", undefined],
  ];
  for (const [text, timeMs] of rows) {
    const read = (): number => parseFlags([`--wait-ms=${text}`], TABLE)["wait-ms"];
    if (timeMs === undefined) assertThrows(read, UsageError, "expected a time such as 500ms or 10s", text);
    else assertEquals(read(), timeMs, text);
  }
  assertEquals(parseFlags(["--grace-ms", "0"], TABLE)["grace-ms"], 0);
});

Deno.test("durationFlag() takes a time with a unit, in seconds", () => {
  assertEquals(parseFlags([], TABLE).age, undefined);
  const rows: [text: string, seconds: number][] = [["90s", 90], ["12h", 43_200], ["30d", 2_592_000]];
  for (const [text, seconds] of rows) assertEquals(parseFlags(["--age", text], TABLE).age, seconds);
  for (const text of ["30", "0d", "500ms", "d"]) {
    assertThrows(() => parseFlags(["--age", text], TABLE), UsageError, "such as 90s, 12h or 30d", text);
  }
});

Deno.test("portFlag() takes 0 to 65535", () => {
  const table = { port: portFlag("a port", 1) };
  assertEquals([parseFlags(["--port=0"], table).port, parseFlags(["--port=65535"], table).port], [0, 65_535]);
});

Deno.test("formatSize() and formatTime() use the largest unit that divides", () => {
  assertEquals([0, 1, 1_024, 1_536, 2 ** 28].map(formatSize), ["0", "1", "1KiB", "1536", "256MiB"]);
  assertEquals([0, 250, 1_500, 10_000, 60_000, 86_400_000].map(formatTime), [
    "0ms",
    "250ms",
    "1500ms",
    "10s",
    "1m",
    "1d",
  ]);
});
