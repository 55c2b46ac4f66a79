import type { Redirect } from "./answers/redirects.ts";
import type { FieldRule } from "./resources/path_rules.ts";
import type { DotfilePolicy, SymlinkPolicy } from "./disk/document_root.ts";

/** How a folder is served. Plain data, so that it can be sent to workers. */
export interface StaticOptions {
  /** The folder. */
  readonly root: string;
  /** Names that stand for a directory, in the order in which they are tried. */
  readonly index: readonly string[];
  /** Which symbolic links are followed. */
  readonly symlinks: SymlinkPolicy;
  /** Whether names that begin with a dot are served. */
  readonly dotfiles: DotfilePolicy;
  /** Whether the response for a directory without index lists its entries. */
  readonly listing: boolean;
  /** File below the root that is served for navigations to missing paths. */
  readonly spa: string | undefined;
  /** File below the root that is sent with 404. */
  readonly notFound: string | undefined;
  /** Whether pages of every origin may read the responses. */
  readonly cors: boolean;
  /** Values of Cache-Control for files; the last match counts. */
  readonly cacheControl: readonly FieldRule[];
  /** Fields for files by their path, and for all responses; for each name the last match counts. */
  readonly fields: readonly FieldRule[];
  /** `user:password` that requests must show. */
  readonly auth: string | undefined;
  /** Lines `name:hash` of the users with access. */
  readonly passwords: string | undefined;
  /** The path of the site behind a proxy; begins and ends with a slash. */
  readonly base: string;
  /** Redirects in the order in which they are tried. */
  readonly redirects: readonly Redirect[];
  /** Whether text is compressed on the fly. */
  readonly compress: boolean;
  /** Whether compressed neighbours of files are sent. */
  readonly precompressed: boolean;
  /** Whether `/about` is about.html, and `/about.html` redirects. */
  readonly cleanUrls: boolean;
  /**
   * Parameter of all types of text, or `off`; undefined: UTF-8 for those that cannot declare it themselves.
   */
  readonly charset: string | undefined;
  /** Types of files by the ending of their names, in lower case and without the dot. */
  readonly types: readonly (readonly [ending: string, type: string])[];
  /** Files that are never served, as absolute paths without links: logs, passwords and keys of this server. */
  readonly hidden: readonly string[];
  /** Whether pages load themselves again when a file changes. */
  readonly liveReload: boolean;
  /** Files whose changes cause no reload, as absolute paths without links: the server's own logs. */
  readonly unwatched: readonly string[];
}

/** How a folder is served by default. */
export const DEFAULT_STATIC_OPTIONS: StaticOptions = {
  root: "docroot",
  index: ["index.html"],
  symlinks: "inside",
  dotfiles: "deny",
  listing: false,
  spa: undefined,
  notFound: undefined,
  cors: false,
  cacheControl: [],
  fields: [],
  auth: undefined,
  passwords: undefined,
  base: "/",
  redirects: [],
  compress: false,
  precompressed: false,
  cleanUrls: false,
  charset: undefined,
  types: [],
  hidden: [],
  liveReload: false,
  unwatched: [],
};
