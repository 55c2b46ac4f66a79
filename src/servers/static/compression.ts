import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { ContentCoding } from "./content_coding.ts";

/** Codings that content is given on the fly, best first. */
export const COMPRESSIONS: readonly Exclude<ContentCoding, "identity" | "zstd">[] = ["br", "gzip"];

/** Content of less bytes is not compressed: it fits in one packet as it is. */
export const MIN_COMPRESSED_BYTES = 1_024;

const compressWithBrotli = promisify(brotliCompress);
const compressWithGzip = promisify(gzip);

/**
 * Compresses content, off the thread.
 *
 * @returns undefined where it would hardly become smaller
 */
export async function compress(
  bytes: Uint8Array,
  coding: (typeof COMPRESSIONS)[number],
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const compressed = coding === "br"
    // Quality 5 takes a fifth of the time of gzip's best and is smaller; 11, the default, takes seconds a megabyte.
    ? await compressWithBrotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 5,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    })
    : await compressWithGzip(bytes, { level: 6 });
  // A plain array of its own: node's may be a window on a larger one, which would stay in memory with it.
  return compressed.length > bytes.length * 0.95 ? undefined : new Uint8Array(compressed);
}
