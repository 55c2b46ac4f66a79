// The modules of the package: the name of a subpath is the name of its file.

/** A module that programs import. */
export interface PackageEntry {
  /** The source, below the repository. */
  readonly source: string;
  /** The file in the package, without its extension. */
  readonly file: string;
  /** The subpath that importers write after the name of the package: `.` or `./http`. */
  readonly subpath: string;
}

/** The entries of the package; the program is a file of its own. */
export const ENTRIES: readonly PackageEntry[] = [
  { source: "mod.ts", file: "library", subpath: "." },
  { source: "src/http.ts", file: "http", subpath: "./http" },
  { source: "src/lines.ts", file: "lines", subpath: "./lines" },
  { source: "src/metrics.ts", file: "metrics", subpath: "./metrics" },
];
