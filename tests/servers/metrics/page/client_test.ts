import { sizeText } from "../../../../src/program/page/client/sizes.js";
import { assertEquals } from "@std/assert";
import { rateOf } from "../../../../src/servers/metrics/page/client/views/health_view.js";
import {
  durationText,
  shortNumber,
  timeLabels,
  timeText,
  wholeNumber,
} from "../../../../src/servers/metrics/page/client/numbers.js";
import {
  expressionsOf,
  FIRST_STATE,
  readState,
  writeState,
} from "../../../../src/servers/metrics/page/client/page_state.js";
import type { ServerStatus } from "../../../../src/servers/metrics/page/client/page_types.ts";
import { alignPoints, summarize, toCsv } from "../../../../src/servers/metrics/page/client/plotted.js";

Deno.test("readState() and writeState() keep everything in the address, and leave out defaults", () => {
  assertEquals(writeState(FIRST_STATE), "");
  const state = {
    ...FIRST_STATE,
    view: "table",
    targets: ["servers.*.load", "scale(a, 2)"],
    transform: "rate",
    from: "-1d",
    until: "1700000000",
    refresh: 0,
    search: "a.*",
    order: "stale",
  } as const;
  assertEquals(readState(writeState(state)), state);
  assertEquals(readState("?view=none&transform=x&refresh=-1&order=&target="), FIRST_STATE);
});

Deno.test("expressionsOf() applies the transformation to each target", () => {
  const targets = ["a.*", "b"];
  assertEquals(expressionsOf({ targets, transform: "none" }), ["a.*", "b"]);
  assertEquals(expressionsOf({ targets, transform: "rate" }), ["perSecond(a.*)", "perSecond(b)"]);
  assertEquals(expressionsOf({ targets, transform: "average" }), ["averageSeries(a.*)", "averageSeries(b)"]);
  assertEquals(expressionsOf({ targets, transform: "sum" }), ["sumSeries(a.*)", "sumSeries(b)"]);
});

const PLOTTED = [
  { target: "a", datapoints: [[1, 10], [null, 20], [3, 30]] },
  { target: '=b,"c"', datapoints: [[5, 20], [6, 40]] },
] as const;

Deno.test("alignPoints() puts series with different times onto one axis", () => {
  assertEquals(alignPoints(PLOTTED), [
    [10, 20, 30, 40],
    [1, null, 3, undefined],
    [undefined, 5, undefined, 6],
  ]);
  assertEquals(alignPoints([]), [[]]);
});

Deno.test("summarize() leaves out values that are not numbers", () => {
  assertEquals(summarize(PLOTTED[0]), { last: 3, min: 1, max: 3, average: 2 });
  assertEquals(summarize({ target: "", datapoints: [[null, 1]] }), {
    last: undefined,
    min: undefined,
    max: undefined,
    average: undefined,
  });
});

Deno.test("toCsv() quotes names, and lets none begin a formula (RFC 4180)", () => {
  assertEquals(
    toCsv(PLOTTED),
    'time,a,"\'=b,""c"""\r\n' +
      "1970-01-01T00:00:10.000Z,1,\r\n1970-01-01T00:00:20.000Z,,5\r\n" +
      "1970-01-01T00:00:30.000Z,3,\r\n1970-01-01T00:00:40.000Z,,6\r\n",
  );
});

Deno.test("wholeNumber() writes all digits that mean something", () => {
  assertEquals([0, 1_208, -1_234_567.25, 0.1 + 0.2, 1e21, null, undefined, NaN].map(wholeNumber), [
    "0",
    "1,208",
    "-1,234,567.25",
    "0.3",
    "1e+21",
    "–",
    "–",
    "NaN",
  ]);
});

Deno.test("shortNumber(), sizeText() and durationText() write for people", () => {
  const numbers = [0, 0.05, -1.23456, 1_234, 1.5e9, null, undefined, NaN, -Infinity];
  assertEquals(numbers.map(shortNumber), [
    "0",
    "0.05",
    "-1.235",
    "1.234 k",
    "1.5 G",
    "–",
    "–",
    "NaN",
    "-Infinity",
  ]);
  assertEquals([12, 1_536, 3 * 2 ** 30].map(sizeText), ["12 B", "1.5 KiB", "3.0 GiB"]);
  assertEquals([0.00123, 0.0123, 59, 300, 7_200, 864_000].map(durationText), [
    "1.2 ms",
    "12 ms",
    "59 s",
    "5 min",
    "2 h",
    "10 d",
  ]);
});

Deno.test("rateOf() compares with the figures of some seconds ago", () => {
  const statusAt = (now: number, value: number): ServerStatus => ({
    version: "",
    startedAt: 0,
    now,
    isReadOnly: false,
    figures: [{ name: "puts", label: "", unit: "count", isCounter: true, value }],
  });
  assertEquals(rateOf([statusAt(1, 100), statusAt(2, 300)], "puts"), 200);
  assertEquals(rateOf([statusAt(1, 100)], "puts"), undefined);
  assertEquals(rateOf([statusAt(1, 100), statusAt(2, 300)], "gets"), undefined);
});

Deno.test("timeLabels() is as precise as the distance of the times requires, and names each day once", () => {
  const start = new Date(2026, 0, 31, 23, 59, 0).getTime() / 1_000;
  assertEquals(timeText(start), "2026-01-31 23:59:00");
  assertEquals(timeLabels([start, start + 30]), ["23:59:00\n2026-01-31", "23:59:30"]);
  assertEquals(timeLabels([start, start + 60, start + 120]), [
    "23:59\n2026-01-31",
    "00:00\n2026-02-01",
    "00:01",
  ]);
  assertEquals(timeLabels([start, start + 86_400]), ["2026-01-31", "2026-02-01"]);
  assertEquals(timeLabels([]), []);
});
