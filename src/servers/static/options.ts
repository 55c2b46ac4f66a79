import type { HeaderField } from "../../http/headers.ts";
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
  /** Whether a directory without index is answered with a list of its entries. */
  readonly listing: boolean;
  /** File below the root that answers navigations to what does not exist. */
  readonly spa: string | undefined;
  /** File below the root that is sent with 404. */
  readonly notFound: string | undefined;
  /** Whether pages of every origin may read the answers. */
  readonly cors: boolean;
  /** Value of Cache-Control for files. */
  readonly cacheControl: string | undefined;
  /** Fields for all answers. */
  readonly fields: readonly HeaderField[];
  /** `user:password` that every request must show. */
  readonly auth: string | undefined;
  /** Whether text is compressed on the fly. */
  readonly compress: boolean;
  /** Parameter of the types of text. */
  readonly charset: string | undefined;
  /** Whether pages load themselves again when a file changes. */
  readonly liveReload: boolean;
  /** Files whose changes are no reason for it, as absolute paths without links: the server's own logs. */
  readonly unwatched: readonly string[];
}

/** How a folder is served where nothing else is said. */
export const DEFAULT_STATIC_OPTIONS: StaticOptions = {
  root: "docroot",
  index: ["index.html"],
  symlinks: "inside",
  dotfiles: "deny",
  listing: false,
  spa: undefined,
  notFound: undefined,
  cors: false,
  cacheControl: undefined,
  fields: [],
  auth: undefined,
  compress: false,
  charset: undefined,
  liveReload: false,
  unwatched: [],
};
