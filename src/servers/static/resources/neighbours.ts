// Compressed neighbours of a file, made when a site was built: `app.js.br`, `app.js.zst`, `app.js.gz`.

import { CODINGS, type ContentCoding } from "./content_coding.ts";
import type { DocumentRoot, Located } from "../disk/document_root.ts";
import type { FileVersion } from "../disk/file_version.ts";
import type { Source } from "./representation.ts";

// gzip: RFC 1952 §2.3.1. zstd: RFC 8878 §3.1.1; a skippable frame (0x184D2A5?) may come first. Brotli has none.
const GZIP_MAGIC = [0x1f, 0x8b];
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const ZSTD_SKIPPABLE_TAIL = [0x2a, 0x4d, 0x18];
const MAGIC_BYTES = 4;

/** A file and the codings that its client takes. */
export interface NeighbouredFile {
  /** The names of the file below the root. */
  readonly segments: readonly string[];
  /** Its place on the disk. */
  readonly located: Extract<Located, { kind: "file" }>;
  /** The codings that the client takes. */
  readonly accepted: readonly ContentCoding[];
}

/**
 * Finds the neighbours of a file that its client takes, best first. Empty ones and ones older than the file
 * do not count.
 */
export async function findNeighbours(
  root: DocumentRoot,
  { segments, located, accepted }: NeighbouredFile,
  nowMs: number,
): Promise<Omit<Source, "isSettled">[]> {
  const name = segments[segments.length - 1]!;
  const wanted = CODINGS.filter(({ coding }) => accepted.includes(coding));
  const found = await Promise.all(wanted.map(async ({ coding, ending }) => {
    const names = [...segments.slice(0, -1), name + ending];
    const neighbour = await root.locate(names, nowMs).catch(() => undefined);
    if (neighbour?.kind !== "file") return [];
    const { path, stamp } = neighbour;
    return stamp.size > 0 && stamp.mtimeMs >= located.stamp.mtimeMs ? [{ coding, path, stamp }] : [];
  }));
  return found.flat();
}

/** Whether a neighbour begins like its coding. Brotli is trusted, because any byte can be its first. */
export async function isGenuine(
  root: DocumentRoot,
  { coding, path }: Pick<Source, "coding" | "path">,
  { bytes }: FileVersion,
): Promise<boolean> {
  if (coding === "br") return true;
  const start = bytes ?? await readStart(root, path);
  if (coding === "gzip") return hasBytes(start, 0, GZIP_MAGIC);
  return hasBytes(start, 0, ZSTD_MAGIC) ||
    ((start[0] ?? 0) >> 4 === 5 && hasBytes(start, 1, ZSTD_SKIPPABLE_TAIL));
}

async function readStart(root: DocumentRoot, path: string): Promise<Uint8Array> {
  const buffer = new Uint8Array(MAGIC_BYTES);
  const file = await root.open(path).catch(() => undefined);
  if (file === undefined) return buffer;
  try {
    return buffer.subarray(0, await file.read(buffer, 0));
  } finally {
    await file.close();
  }
}

function hasBytes(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[at + index] === byte);
}
