// `/render`: targets in, series out, in the shapes of graphite-web 1.1.

import { growBytes } from "../../../bytes/grow_bytes.ts";
import { socketsLookedAt } from "../../../base/event_loop.ts";
import { MAX_NUMBER_BYTES, writeInteger, writePythonFloat } from "../protocol/number_writer.ts";
import type { MetricStore } from "../store.ts";
import { evaluateTarget } from "./targets/evaluate.ts";
import { SeriesFetcher } from "./fetch_series.ts";
import type { GraphiteSeries } from "./graphite_series.ts";
import { countOf, isOn, lastOf } from "./request_values.ts";
import { parseTarget } from "./targets/target_parser.ts";
import { TargetError } from "./targets/target_error.ts";
import { readTemplateValues, type TemplateValues } from "./targets/template.ts";
import { parseTimeWords } from "./times/time_words.ts";
import { readTimeZone } from "./times/time_zone.ts";

const MAX_TARGETS = 1_000;

/** A parsed request for `/render`. */
export interface RenderRequest {
  /** The targets as written. */
  readonly targets: readonly string[];
  /** Seconds since 1970; samples after it are wanted. */
  readonly from: number;
  /** Seconds since 1970; samples up to it are wanted. */
  readonly until: number;
  /** The number of values of a series that the client can show. */
  readonly maxDataPoints: number | undefined;
  /** Whether missing values are left out. */
  readonly isWithoutNulls: boolean;
  /** The part of values that must be present for a joined value. */
  readonly xFilesFactor: number;
  /** Values for templates. */
  readonly templateValues: TemplateValues;
}

/** Reads a client's request. @param nowSeconds the present @throws {TargetError} when it is malformed */
export function readRenderRequest(values: URLSearchParams, nowSeconds: number): RenderRequest {
  const format = lastOf(values, "format") ?? "json";
  if (format !== "json") {
    throw new TargetError(`Cannot render as ${format.slice(0, 40)}: expected format=json`);
  }
  const single = values.getAll("target");
  const targets = (single.length > 0 ? single : values.getAll("target[]")).filter((text) =>
    text.trim() !== ""
  );
  if (targets.length > MAX_TARGETS) {
    throw new TargetError(`Cannot render so many targets: at most ${MAX_TARGETS}`);
  }
  const zone = readTimeZone(lastOf(values, "tz"));
  const now = parseTimeWords(lastOf(values, "now") ?? "now", nowSeconds, zone);
  const from = parseTimeWords(lastOf(values, "from") ?? "-1d", now, zone);
  const until = parseTimeWords(lastOf(values, "until") ?? "now", now, zone);
  if (from === until) throw new TargetError("Invalid empty time range");
  const xFilesFactor = Number(lastOf(values, "xFilesFactor") ?? 0);
  if (!(xFilesFactor >= 0 && xFilesFactor <= 1)) {
    throw new TargetError("Invalid xFilesFactor: expected 0 to 1");
  }
  return {
    targets,
    from: Math.min(from, until),
    until: Math.max(from, until),
    maxDataPoints: countOf(values, "maxDataPoints"),
    isWithoutNulls: isOn(values, "noNullPoints"),
    xFilesFactor,
    templateValues: readTemplateValues(values),
  };
}

/** Evaluates all targets; their series in order. @throws {TargetError} when one cannot be evaluated */
export async function renderSeries(store: MetricStore, request: RenderRequest): Promise<GraphiteSeries[]> {
  const fetcher = new SeriesFetcher(store);
  const nodes = request.targets.map(parseTarget);
  const all: GraphiteSeries[] = [];
  for (const node of nodes) all.push(...await evaluateTarget(node, { ...request, fetcher }));
  return all;
}

/** Values of a series in the client's form. */
interface DataPoints {
  readonly values: Float64Array;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

// Joins as many values as the client needs, at places that stay as time goes on; the rest before the first
// place is left out.
function fitPoints(series: GraphiteSeries, maxDataPoints: number | undefined, seconds: number): DataPoints {
  const { start, end, step } = series;
  const count = seconds / step;
  if (maxDataPoints === 1) {
    const all = Math.max(1, series.values.length);
    return { values: series.joined(all), start, end, step: step * all };
  }
  if (!maxDataPoints || maxDataPoints >= count) return { values: series.values, start, end, step };
  const valuesPerPoint = Math.ceil(count / maxDataPoints);
  const pointStep = valuesPerPoint * step;
  const nudge = pointStep + start % step - start % pointStep;
  const lost = Math.max(0, Math.floor(nudge / step) - 1);
  const rest = series.with({ values: series.values.subarray(lost) });
  return { values: rest.joined(valuesPerPoint), start: start + nudge, end, step: pointStep };
}

const PIECE_BYTES = 65_536;

/** Writes series as JSON, piece by piece. */
export async function* writeJson(
  all: readonly GraphiteSeries[],
  { maxDataPoints, isWithoutNulls }: Pick<RenderRequest, "maxDataPoints" | "isWithoutNulls">,
): AsyncGenerator<Uint8Array> {
  const start = all.reduce((first, series) => Math.min(first, series.start), Infinity);
  const end = all.reduce((last, series) => Math.max(last, series.end), -Infinity);
  const writer = new JsonWriter();
  writer.addText("[");
  let isFirst = true;
  for (const series of all) {
    const points = fitPoints(series, maxDataPoints, end - start);
    if (isWithoutNulls && points.values.every((value) => Number.isNaN(value))) continue;
    const head = JSON.stringify({ target: series.name, tags: series.tags });
    writer.addText(`${isFirst ? "" : ", "}${head.slice(0, -1)},"datapoints": [`);
    isFirst = false;
    yield* writePoints(writer, points, isWithoutNulls);
    writer.addText("]}");
  }
  writer.addText("]");
  yield writer.take();
}

// There is a point at the end of its series too, if there is a value for it.
async function* writePoints(
  writer: JsonWriter,
  { values, start, end, step }: DataPoints,
  isWithoutNulls: boolean,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for (let index = 0; index < values.length && start + index * step <= end; index++) {
    const value = values[index]!;
    if (isWithoutNulls && Number.isNaN(value)) continue;
    writer.addPoint(value, start + index * step, isFirst);
    isFirst = false;
    if (writer.length < PIECE_BYTES) continue;
    yield writer.take();
    await socketsLookedAt();
  }
}

// Room for a point: two numbers and the characters around them.
const MAX_POINT_BYTES = 2 * MAX_NUMBER_BYTES + 8;

class JsonWriter {
  #bytes = new Uint8Array(PIECE_BYTES + 1_024);
  #length = 0;
  readonly #encoder = new TextEncoder();

  get length(): number {
    return this.#length;
  }

  addText(text: string): void {
    const encoded = this.#encoder.encode(text);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  addPoint(value: number, seconds: number, isFirst: boolean): void {
    this.#reserve(MAX_POINT_BYTES);
    if (!isFirst) this.#addAscii(", ");
    this.#addAscii("[");
    if (Number.isNaN(value)) this.#addAscii("null");
    // JSON has no infinity; a number that is too large reads as one.
    else if (!Number.isFinite(value)) this.#addAscii(value > 0 ? "1e9999" : "-1e9999");
    else this.#length = writePythonFloat(this.#bytes, this.#length, value);
    this.#addAscii(", ");
    this.#length = writeInteger(this.#bytes, this.#length, seconds);
    this.#addAscii("]");
  }

  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(PIECE_BYTES + 1_024);
    this.#length = 0;
    return taken;
  }

  #addAscii(text: string): void {
    for (let index = 0; index < text.length; index++) this.#bytes[this.#length++] = text.charCodeAt(index);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) this.#bytes = growBytes(this.#bytes, this.#length, needed);
  }
}
