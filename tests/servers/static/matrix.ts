// The requests of the matrix: every combination of these.

import { gzipSync } from "node:zlib";
import type { OracleForm } from "./oracle.ts";

/** Methods. */
export const METHODS: readonly string[] = ["GET", "HEAD", "POST"];

/** Files by path. They are small: large ones would be too slow for the oracle. */
export const MATRIX_FILES: Readonly<Record<string, string | Uint8Array>> = {
  "empty.txt": "",
  "one.txt": "1",
  "page.html": "<html><body>Page Sample</body></html>\n",
  "dir/index.html": "<html>Directory index file</html>\n",
  "many.css": "a{color:red}\n".repeat(40),
  "many.css.gz": new Uint8Array(gzipSync("a{color:red}\n".repeat(40))),
  "many.css.br": "for br of it",
};

/** Paths of these files, as a client may write them. */
export const PATHS: readonly (readonly [path: string, file: string])[] = [
  ["/empty.txt", "empty.txt"],
  ["/one.txt", "one.txt"],
  ["/page.html", "page.html"],
  ["/dir/../%70age.html?x=/../", "page.html"],
  ["/dir/", "dir/index.html"],
  ["/many.css", "many.css"],
];

const AGO = "Mon, 01 Jan 2024 00:00:00 GMT";
const LATER = "Wed, 03 Jan 2024 00:00:00 GMT";

/** Conditions: fields made from the validators of the file. */
export const CONDITIONS: readonly ((form: OracleForm) => Readonly<Record<string, string>>)[] = [
  () => ({}),
  ({ etag }) => ({ "If-None-Match": etag }),
  ({ etag }) => ({ "If-None-Match": `"other", W/${etag}` }),
  () => ({ "If-None-Match": '"other"' }),
  () => ({ "If-None-Match": "*" }),
  ({ lastModifiedMs }) => ({ "If-Modified-Since": new Date(lastModifiedMs).toUTCString() }),
  () => ({ "If-Modified-Since": AGO }),
  () => ({ "If-Modified-Since": "not a date" }),
  () => ({ "If-None-Match": '"other"', "If-Modified-Since": LATER }),
  ({ etag }) => ({ "If-None-Match": etag, "If-Modified-Since": AGO }),
  ({ etag }) => ({ "If-Match": etag }),
  ({ etag }) => ({ "If-Match": `W/${etag}` }),
  () => ({ "If-Match": '"other"' }),
  () => ({ "If-Match": "*" }),
  () => ({ "If-Unmodified-Since": AGO }),
  () => ({ "If-Unmodified-Since": LATER }),
  ({ etag }) => ({ "If-Match": etag, "If-Unmodified-Since": AGO }),
  ({ etag }) => ({ "If-Match": '"other"', "If-None-Match": etag }),
];

/** Ranges, some of them with If-Range. */
export const RANGES: readonly ((form: OracleForm) => Readonly<Record<string, string>>)[] = [
  () => ({}),
  ...[
    "bytes=0-0",
    "bytes=0-",
    "bytes=5-9",
    "bytes=-4",
    "bytes=-0",
    "bytes=-100000",
    "bytes=30-100000",
    "bytes=100000-",
    "bytes=0-1,4-5",
    "bytes=4-5,0-1",
    "bytes=0-6,4-9,2-3",
    "bytes=0-1,100000-",
    "bytes=9-5",
    "bytes=0-1,x",
    "lines=0-1",
    "bytes=99999999999999999999-",
    `bytes=${Array.from({ length: 51 }, () => "0-0").join(",")}`,
  ].map((Range) => () => ({ Range })),
  ({ etag }) => ({ Range: "bytes=0-0", "If-Range": etag }),
  () => ({ Range: "bytes=0-0", "If-Range": '"other"' }),
  ({ etag }) => ({ Range: "bytes=0-0", "If-Range": `W/${etag}` }),
  ({ lastModifiedMs }) => ({ Range: "bytes=0-0", "If-Range": new Date(lastModifiedMs).toUTCString() }),
  () => ({ Range: "bytes=0-0", "If-Range": LATER }),
];

/** Values of Accept-Encoding. */
export const ENCODINGS: readonly (string | undefined)[] = [
  undefined,
  "gzip, br",
  "gzip",
  "br;q=0.5, gzip;q=0.8, identity;q=0.1",
  "identity, gzip;q=0.9",
  "*;q=0",
];
