import type { HttpTokenizerOptions } from "../../../src/http/tokens/tokenizer.ts";

/**
 * What a connection sends until its end, as latin1 text, and the tokens that it gives, see `summarize`.
 *
 * A token stands as `GET / 1.1` (request line), `Host: a` (field), `none`, `length 5` or `chunked` (end of the head),
 * `"hello"` (content), `~Sum: 1` (trailer), `end`, or `400 bad-host @24` (status, code and offset of the fault).
 */
export type ByteRow = readonly [claim: string, sent: string, tokens: string];

/** Rows about one theme. */
export interface RowSection {
  /** The theme, and where it is ruled. */
  readonly title: string;
  /** Limits and tolerances that differ from the defaults. */
  readonly options?: HttpTokenizerOptions;
  readonly rows: readonly ByteRow[];
}
