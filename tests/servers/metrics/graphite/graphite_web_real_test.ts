// The same samples and targets, by Debian's graphite-web and by ours: the same datapoints, or a reason why not.

import { assert, assertEquals } from "@std/assert";
import {
  readRenderRequest,
  renderSeries,
  writeJson,
} from "../../../../src/servers/metrics/graphite/render.ts";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import { withDirectory } from "../../../support/program.ts";
import { putUncommitted } from "../store_actions.ts";

const GRAPHITE_WEB = "/usr/lib/python3/dist-packages/graphite/render/views.py";
const SCRIPT = decodeURIComponent(new URL("./graphite_web.py", import.meta.url).pathname);
const STEP = 10;
const COUNT = 720;

interface RenderedSeries {
  readonly target: string;
  readonly datapoints: readonly (readonly [number | null, number])[];
}

const TARGETS: readonly string[] = [
  "servers.web1.cpu",
  "servers.*.cpu",
  "servers.{web1,db1}.cpu",
  "servers.web*.{cpu,requests}",
  "servers.none.cpu",
  "servers.web?.cpu",
  "servers.web[2-9].cpu",
  "servers.[!w]*.cpu",
  "template(scale(servers.$host.cpu,$factor),host='web1',factor=3)",
  "template(servers.$1.cpu,'db1')",
  "alias(servers.web1.cpu,'the name')",
  "aliasByNode(servers.*.cpu,1)",
  "aliasByNode(servers.*.cpu,1,2)",
  "aliasByNode(servers.*.cpu,-1)",
  "aliasByNode(scale(servers.*.cpu,2),1)",
  "scale(servers.web1.cpu,0.1)",
  "scale(servers.web1.cpu,-3)",
  "sumSeries(servers.*.cpu)",
  "sum(servers.*.cpu)",
  "sumSeries(servers.web1.cpu,servers.db1.cpu)",
  "averageSeries(servers.*.cpu)",
  "avg(servers.*.cpu)",
  "maxSeries(servers.*.cpu)",
  "minSeries(servers.*.cpu)",
  "diffSeries(servers.web1.cpu,servers.web2.cpu)",
  "diffSeries(servers.*.cpu)",
  "derivative(servers.web1.requests)",
  "nonNegativeDerivative(servers.web1.requests)",
  "nonNegativeDerivative(servers.web1.requests,1000)",
  "perSecond(servers.*.requests)",
  "perSecond(servers.web1.requests,1000)",
  "keepLastValue(servers.web2.cpu)",
  "keepLastValue(servers.web2.cpu,2)",
  "constantLine(100)",
  "constantLine(1.5)",
  "timeShift(servers.web1.cpu,'10min')",
  "timeShift(servers.web1.cpu,'-5min')",
  "timeShift(sumSeries(servers.*.cpu),'10min')",
  "transformNull(servers.web2.cpu)",
  "transformNull(servers.web2.cpu,-1)",
  "transformNull(servers.web2.cpu,0,servers.web1.cpu)",
  "movingAverage(servers.web1.cpu,5)",
  "movingAverage(servers.web1.cpu,'2min')",
  "movingAverage(servers.*.cpu,'5min',0.5)",
  "group(servers.web1.cpu,servers.db1.cpu)",
  "groupByNode(servers.*.cpu,0,'sum')",
  "groupByNode(servers.*.cpu,1,'max')",
  "groupByNode(servers.*.*,2,'averageSeries')",
  "removeAboveValue(servers.web1.cpu,40)",
  "removeBelowValue(servers.web1.cpu,40)",
  "divideSeries(servers.*.cpu,servers.web2.cpu)",
  "divideSeries(servers.web1.cpu,servers.none.cpu)",
  "asPercent(servers.*.cpu)",
  "asPercent(servers.*.cpu,200)",
  "asPercent(servers.*.cpu,servers.web1.cpu)",
  "asPercent(servers.web1.cpu,sumSeries(servers.*.cpu))",
  "summarize(servers.web1.cpu,'1min')",
  "summarize(servers.web1.cpu,'5min','avg')",
  "summarize(servers.web1.cpu,'1min','max',true)",
  "summarize(servers.web2.cpu,'2min','last')",
  "consolidateBy(servers.web1.cpu,'max')",
  "sortByName(servers.*.cpu)",
  "sortByName(servers.*.cpu,true,true)",
  "limit(servers.*.cpu,2)",
  "highestMax(servers.*.cpu,2)",
  "color(servers.web1.cpu,'red')",
  "lineWidth(servers.web1.cpu,2)",
  "alpha(servers.web1.cpu,0.5)",
  "servers.web1.cpu|scale(2)|alias('piped')",
  "seriesByTag('name=disk.used')",
  "seriesByTag('name=disk.used', 'host=a')",
  "seriesByTag('host=~a|b', 'rack!=r2')",
  "seriesByTag('name=disk.used', 'host!=~b.*')",
  "aliasByNode(seriesByTag('rack=r1'), 'host', 'name')",
  "sumSeries(seriesByTag('name=disk.used'))",
  "servers.web[0-9].{cpu,requests}",
  "servers.{web[12],db*}.cpu",
  "groupByNode(servers.*.cpu,1,'avg')",
  "groupByNode(scale(servers.*.*,2),-1,'average')",
  "asPercent(servers.*.requests,sumSeries(servers.*.requests))",
  "asPercent(servers.web*.cpu,group(servers.web1.cpu,servers.web2.cpu))",
  "alias(asPercent(perSecond(servers.web1.requests),perSecond(sum(servers.*.requests))),'share')",
  "aliasByNode(movingAverage(scale(servers.*.cpu,2),'5min'),1)",
  "movingAverage(sumSeries(servers.*.cpu),10)",
  "summarize(nonNegativeDerivative(servers.web1.requests),'5min','sum',true)",
  "summarize(servers.*.cpu,'10min','min',false)",
  "summarize(servers.web1.cpu,'1h','sum')",
  "timeShift(summarize(servers.web1.cpu,'5min','avg'),'10min')",
  "keepLastValue(timeShift(servers.web2.cpu,'1h'))",
  "sumSeries(divideSeries(servers.web1.cpu,servers.web2.cpu),servers.db1.cpu)",
  "sortByName(limit(highestMax(servers.*.cpu,3),2))",
];

// The reasons why a target differs here.
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ["cactiStyle(servers.web1.cpu)", "the legend is up to the drawing program: names stay"],
  ["stacked(servers.*.cpu)", "stacking is up to the drawing program: values stay"],
]);

// graphite-web 1.1.8 compares a missing value with the largest one, and fails.
const FAILING_THERE: ReadonlySet<string> = new Set([
  "nonNegativeDerivative(servers.web1.requests,1000)",
  "perSecond(servers.web1.requests,1000)",
]);

function makeSeries(): Record<string, (number | null)[]> {
  const values = (make: (index: number) => number | null): (number | null)[] =>
    Array.from({ length: COUNT }, (_, index) => make(index));
  return {
    "servers.web1.cpu": values((index) => Math.round(Math.sin(index / 20) * 500) / 10 + 30),
    "servers.web2.cpu": values((index) => index % 7 === 3 || index % 40 < 5 ? null : index % 13 + 0.25),
    "servers.db1.cpu": values((index) => index % 100),
    "servers.web1.requests": values((index) => index * 17 % 5_000),
    "servers.web2.requests": values((index) => index < 300 ? null : index * 3),
    "disk.used;host=a;rack=r1": values((index) => index % 17),
    "disk.used;host=b;rack=r2": values((index) => index % 23),
    "disk.used;host=c": values((index) => index % 29),
  };
}

async function renderOurs(store: MemoryStore, query: string, nowSeconds: number): Promise<RenderedSeries[]> {
  const request = readRenderRequest(new URLSearchParams(query), nowSeconds);
  let text = "";
  for await (const piece of writeJson(await renderSeries(store, request), request)) {
    text += new TextDecoder().decode(piece);
  }
  return JSON.parse(text);
}

async function renderTheirs(order: unknown): Promise<RenderedSeries[][]> {
  const process = new Deno.Command("/usr/bin/python3", {
    args: [SCRIPT],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(order)));
  await writer.close();
  const { stdout, code } = await process.output();
  assertEquals(code, 0);
  return JSON.parse(new TextDecoder().decode(stdout));
}

// A moment in minutes as Graphite reads it, on clocks that show these seconds since 1970.
function clockTime(seconds: number): string {
  const [day = "", time = ""] = new Date(seconds * 1_000).toISOString().split("T");
  return `${time.slice(0, 5)}_${day.replaceAll("-", "")}`;
}

function isClose(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

function differenceOf(
  ours: readonly RenderedSeries[],
  theirs: readonly RenderedSeries[],
): string | undefined {
  if (!Array.isArray(theirs)) return JSON.stringify(theirs);
  const names = (all: readonly RenderedSeries[]): string => all.map(({ target }) => target).join(" ");
  if (names(ours) !== names(theirs)) return `${names(ours)} is not ${names(theirs)}`;
  for (const [index, { target, datapoints }] of ours.entries()) {
    const expected = theirs[index]!.datapoints;
    if (datapoints.length !== expected.length) return `${target}: ${datapoints.length} of ${expected.length}`;
    const at = datapoints.findIndex(([value, seconds], point) =>
      seconds !== expected[point]![1] || !isClose(value, expected[point]![0])
    );
    if (at >= 0) return `${target} at ${at}: ${datapoints[at]} is not ${expected[at]}`;
  }
  return undefined;
}

const isThere = await Deno.stat(GRAPHITE_WEB).then(() => true, () => false);

Deno.test({
  name: "renderSeries() gives the datapoints of graphite-web, or there is a reason" +
    (isThere ? "" : ": skipped, no graphite-web"),
  ignore: !isThere,
  fn: () =>
    withDirectory(async (directory) => {
      assert(TARGETS.length >= 60);
      const now = Math.floor(Date.now() / 1_000);
      const start = Math.floor(now / 60) * 60 - COUNT * STEP + 120;
      const series = makeSeries();
      const store = new MemoryStore();
      for (const [name, values] of Object.entries(series)) {
        for (const [index, value] of values.entries()) {
          if (value !== null && start + index * STEP <= now) {
            await putUncommitted(store, name, value, start + index * STEP);
          }
        }
      }
      const spans = [
        `from=${now - 1_207}&until=${now - 3}&maxDataPoints=1000`,
        `from=${now - 3_600}&until=${now}&maxDataPoints=100`,
        `from=${now - 600}&until=${now - 60}&maxDataPoints=1`,
        // Clocks of Kolkata are 5:30 hours ahead the whole year.
        "from=now-1h&until=now-5min&maxDataPoints=500",
        "from=-2hours&until=-90s&maxDataPoints=50",
        "from=midnight-1h&maxDataPoints=200",
        `from=${clockTime(now - 1_800 + 19_800)}&until=${clockTime(now - 300 + 19_800)}&tz=Asia/Kolkata`,
      ];
      const all = [...TARGETS, ...DIFFERENT.keys()];
      const queries = spans.flatMap((span) =>
        all.map((target) => `target=${encodeURIComponent(target)}&format=json&noCache=1&now=${now}&${span}`)
      );
      const theirs = await renderTheirs({ directory, step: STEP, series, start, queries });
      const differences: string[] = [];
      for (const [index, query] of queries.entries()) {
        const target = all[index % all.length]!;
        if (FAILING_THERE.has(target) && !Array.isArray(theirs[index])) continue;
        const difference = differenceOf(await renderOurs(store, query, now), theirs[index]!);
        if (difference !== undefined && !DIFFERENT.has(target)) {
          differences.push(`${target}: ${difference}`);
        }
      }
      assertEquals(differences, []);
    }),
});
