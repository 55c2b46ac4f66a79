// The shapes that the modules of the page share; they are types only.

/** A series from `/render`. */
export interface Plotted {
  /** Its name, or the expression that made it. */
  readonly target: string;
  /** Value and Unix seconds of each point, ascending; null if there is none. */
  readonly datapoints: readonly (readonly [value: number | null, timestamp: number])[];
}

/** A node of the tree of names. */
export interface TreeNode {
  /** The whole name up to here. */
  readonly path: string;
  /** Its last part. */
  readonly name: string;
  /** Whether it is a series; otherwise there are nodes below. */
  readonly isLeaf: boolean;
}

/** One level of the tree of names. */
export interface NameList {
  /** The first nodes. */
  readonly nodes: readonly TreeNode[];
  /** The number of all nodes. */
  readonly count: number;
}

/** One row of the table of series. */
export interface SeriesRow {
  readonly key: string;
  readonly samples: number;
  /** Unix seconds of the oldest and the newest sample. */
  readonly first: number;
  readonly last: number;
}

/** How the list of series is ordered. */
export type SeriesOrder = "biggest" | "newest" | "stale";

/** The server's status; all but the name may be missing. */
export interface ServerStatus {
  readonly version: string;
  readonly startedAt: number;
  readonly now: number;
  readonly isReadOnly: boolean;
  readonly figures: readonly Figure[];
}

/** One number about the server. */
export interface Figure {
  readonly name: string;
  readonly label: string;
  readonly unit: "count" | "bytes" | "seconds";
  /** Whether it only grows: then its rate is of interest. */
  readonly isCounter: boolean;
  readonly value: number;
}

/** A saved view: the query of the page's address under a name. */
export interface Board {
  readonly name: string;
  readonly query: string;
}

/** The part of the page that is shown. */
export type View = "plot" | "table" | "series" | "health" | "boards";

/** Everything that the address of the page holds. */
export interface PageState {
  readonly view: View;
  /** Targets in Graphite's language, without the transformation. */
  readonly targets: readonly string[];
  /** The function applied to each target. */
  readonly transform: "none" | "rate" | "average" | "sum";
  /** Graphite's time words. */
  readonly from: string;
  readonly until: string;
  /** Seconds between two refreshes; 0 for none. */
  readonly refresh: number;
  /** The filter of the names. */
  readonly search: string;
  readonly order: SeriesOrder;
}

/** The calls of the API. */
export interface MetricsApi {
  render(
    targets: readonly string[],
    span: { from: string; until: string; points: number },
  ): Promise<Plotted[]>;
  names(pattern: string): Promise<NameList>;
  series(order: SeriesOrder, search: string): Promise<SeriesRow[]>;
  remove(name: string): Promise<void>;
  boards(): Promise<Board[]>;
  saveBoards(boards: readonly Board[]): Promise<void>;
}
