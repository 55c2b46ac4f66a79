import type { HelloPeer } from "./peers/start_hello.ts";
import { formatNumber, formatRatio, median, type Table } from "./table.ts";

/** How requests are sent: each after the response before it, or many together. */
export const HTTP_MODES = [{ title: "one at a time", pipelined: 1 }, {
  title: "16 pipelined",
  pipelined: 16,
}] as const;

// A server that waits more than this part of the time was not the limit of the measurement: its figure would be that of
// the load generator, or of something else on the machine.
const LEAST_BUSY = 0.9;

/** One of {@linkcode HTTP_MODES}. */
export type Mode = (typeof HTTP_MODES)[number];

/** One measurement of one server in one mode. */
export interface Measurement {
  /** Responses received. */
  readonly requests: number;
  /** Responses per second. */
  readonly requestsPerSecond: number;
  /** Server CPU per request in microseconds, if it can be seen. */
  readonly cpuUs: number | undefined;
  /** Requests that failed. */
  readonly failures: number;
}

/** All measurements of one server. */
export interface Series {
  /** The server. */
  readonly server: HelloPeer;
  /** The measurements that count. */
  readonly byMode: ReadonlyMap<Mode, Measurement[]>;
  /** Responses so far, including the rounds that do not count. */
  responses: number;
  /** The failures during its measurements. */
  failure?: string | undefined;
}

interface Medians {
  readonly requestsPerSecond: number | undefined;
  readonly cpuUs: number | undefined;
}

/** The figures for people: speed, CPU and ratios in both modes. */
export function toTable(all: readonly Series[]): Table {
  const columns = HTTP_MODES.flatMap((
    { title },
  ) => [`${title}, requests/s`, "CPU us", "vs Deno.serve", "vs node:http", "vs Bun.serve"]);
  const rows = all.filter((series) => series.server.kind === "running").map((series) => [
    series.server.peer.title,
    ...HTTP_MODES.flatMap((mode) => {
      const { requestsPerSecond, cpuUs } = mediansOf(series, mode);
      const speed = speedOf([series], series.server.peer.name, mode);
      const ratios = ["deno", "node", "bun"].map((name) => formatRatio(speed, speedOf(all, name, mode)));
      const mark = speed === undefined ? " (idle)" : "";
      return [formatNumber(requestsPerSecond) + mark, formatNumber(cpuUs, 1), ...ratios];
    }),
  ]);
  const missing = all.flatMap(({ server }) =>
    server.kind === "missing" ? [[server.peer.title, "not available"]] : []
  );
  return { columns: ["server", ...columns], rows: [...rows, ...missing] };
}

/** The cost of the log, disturbances of the run, and failures. */
export function toNotes(all: readonly Series[]): string[] {
  const notes = HTTP_MODES.flatMap((mode) => {
    const off = speedOf(all, "millrace", mode);
    const on = speedOf(all, "millrace-log", mode);
    if (off === undefined || on === undefined) return [];
    return [`Access log on, ${mode.title}: ${formatRatio(on, off)} of the requests/s with it off.`];
  });
  const problems = all.flatMap((series) => {
    const problem = problemOf(series);
    return problem === undefined ? [] : [`${series.server.peer.title}: ${problem}.`];
  });
  return [...notes, ...HTTP_MODES.flatMap((mode) => noteDisturbances(all, mode)), ...problems];
}

function noteDisturbances(all: readonly Series[], mode: Mode): string[] {
  const measurements = all.flatMap((series) => series.byMode.get(mode) ?? []);
  const disturbed = measurements.filter((measurement) => !wasBusy(measurement)).length;
  if (disturbed === 0) return [];
  return [
    `Held back by the load generator or by other work on the machine, ${mode.title}: ` +
    `${disturbed} of ${measurements.length} measurements.`,
  ];
}

/** How many measurements tell the speed of the server and not of something else. */
export function countBusy(series: Series, mode: Mode): number {
  return (series.byMode.get(mode) ?? []).filter(wasBusy).length;
}

/** Whether the server itself was the limit; assumed if its CPU time cannot be seen. */
function wasBusy({ requestsPerSecond, cpuUs }: Measurement): boolean {
  if (requestsPerSecond === 0) return false;
  return cpuUs === undefined || requestsPerSecond * cpuUs / 1e6 >= LEAST_BUSY;
}

/** Whether a server of ours failed. */
export function isBroken(series: Series): boolean {
  return series.server.peer.isOurs === true && problemOf(series) !== undefined;
}

function problemOf(series: Series): string | undefined {
  if (series.server.kind === "missing") return `not available: ${series.server.reason}`;
  if (series.failure !== undefined) return `failed: ${series.failure}`;
  const measurements = [...series.byMode.values()].flat();
  const failures = measurements.reduce((sum, { failures }) => sum + failures, 0);
  const silent = measurements.filter(({ requestsPerSecond }) => requestsPerSecond === 0).length;
  const parts = [[failures, "failed requests"], [silent, "measurements without any response"]] as const;
  return parts.flatMap(([count, what]) => count === 0 ? [] : [`${count} ${what}`]).join(", ") || undefined;
}

/** All measurements of a server, for programs. */
export function toFigures(series: Series): unknown {
  return {
    name: series.server.peer.name,
    problem: problemOf(series),
    modes: HTTP_MODES.map((mode) => ({
      mode: mode.title,
      ...mediansOf(series, mode),
      rounds: series.byMode.get(mode),
    })),
  };
}

function mediansOf(series: Series, mode: Mode): Medians {
  const all = series.byMode.get(mode) ?? [];
  const busy = all.filter(wasBusy);
  const list = busy.length > 0 ? busy : all;
  return {
    requestsPerSecond: median(list.map(({ requestsPerSecond }) => requestsPerSecond)),
    cpuUs: median(list.flatMap(({ cpuUs }) => cpuUs ?? [])),
  };
}

// Undefined for a server that was never the limit: a ratio of its figure would compare something else.
function speedOf(all: readonly Series[], name: string, mode: Mode): number | undefined {
  const series = all.find(({ server }) => server.peer.name === name);
  return series === undefined || countBusy(series, mode) === 0
    ? undefined
    : mediansOf(series, mode).requestsPerSecond;
}
