import { assertEquals, assertThrows } from "@std/assert";
import { parseDurationSeconds } from "../../../src/servers/metrics/duration.ts";
import { showLine } from "../../../src/servers/metrics/protocol/line_text.ts";

Deno.test("parseDurationSeconds() reads seconds, minutes, hours and days", () => {
  assertEquals(["90s", "5m", "2h", "30d"].map(parseDurationSeconds), [90, 300, 7_200, 2_592_000]);
});

Deno.test("parseDurationSeconds() refuses everything else", () => {
  for (const text of ["", "30", "d", "0d", "-1d", "1.5h", "30 d", "30D", "1w", "1e3s", "9999999999s"]) {
    assertThrows(() => parseDurationSeconds(text), RangeError, "such as 30d");
  }
});

Deno.test("showLine() escapes everything but printable ASCII, and cuts what is long", () => {
  assertEquals(showLine(Uint8Array.of(0x61, 0x20, 0x1b, 0x5c, 0xff, 0x0d)), "a \\x1b\\x5c\\xff\\x0d");
  assertEquals(showLine(new Uint8Array(201).fill(0x61)), `${"a".repeat(200)}...`);
});
