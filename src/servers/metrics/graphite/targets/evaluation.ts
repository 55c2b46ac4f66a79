import type { SeriesFetcher } from "../fetch_series.ts";
import type { GraphiteSeries } from "../graphite_series.ts";
import type { TemplateValues } from "./template.ts";

/** The value of a part of a target: series, or a plain value. */
export type Value = readonly GraphiteSeries[] | number | string | boolean | null;

/** The request that targets are evaluated for. */
export interface Evaluation {
  /** Seconds since 1970; samples after it are wanted. */
  readonly from: number;
  /** Seconds since 1970; samples up to it are wanted. */
  readonly until: number;
  /** The part of values that must be present for a joined value. */
  readonly xFilesFactor: number;
  /** The values of the request for templates. */
  readonly templateValues: TemplateValues;
  /** Reads the series that targets name. */
  readonly fetcher: SeriesFetcher;
}
