import { DESYNC, SWITCHES } from "./boundaries.ts";
import { CHUNK_EXTENSIONS, CHUNKS, TRAILERS } from "./chunked.ts";
import { DISGUISED_CHUNKS } from "./disguised_chunks.ts";
import { DISGUISED_CODINGS } from "./disguised_codings.ts";
import { DISGUISED_LENGTHS } from "./disguised_lengths.ts";
import { DISGUISED_HOSTS, DISGUISED_LINES } from "./disguised_lines.ts";
import { DISGUISED_NAMES } from "./disguised_names.ts";
import { FIELDS, HOST, OBS_FOLD } from "./fields.ts";
import { CONTENT_LENGTH, CUT_OFF, PIPELINING, TRANSFER_ENCODING } from "./framing.ts";
import { BODY_LIMITS, HEAD_LIMITS } from "./limits.ts";
import { EMPTY_LINES, NOT_HTTP, REQUEST_LINE, VERSIONS } from "./request_line.ts";
import type { RowSection } from "./row.ts";
import { STRICT_TARGETS, TARGETS } from "./targets.ts";

/** All rows: what a connection can send, and what must come of it. */
export const CORPUS: readonly RowSection[] = [
  REQUEST_LINE,
  TARGETS,
  STRICT_TARGETS,
  VERSIONS,
  EMPTY_LINES,
  NOT_HTTP,
  FIELDS,
  OBS_FOLD,
  HOST,
  CONTENT_LENGTH,
  TRANSFER_ENCODING,
  CHUNKS,
  CHUNK_EXTENSIONS,
  TRAILERS,
  PIPELINING,
  HEAD_LIMITS,
  BODY_LIMITS,
  CUT_OFF,
  DESYNC,
  SWITCHES,
  DISGUISED_CODINGS,
  DISGUISED_LENGTHS,
  DISGUISED_NAMES,
  DISGUISED_CHUNKS,
  DISGUISED_LINES,
  DISGUISED_HOSTS,
];
