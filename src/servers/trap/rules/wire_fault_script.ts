// The member `wire` of a step.

import { WIRE_FAULT_KINDS, type WireFault } from "./response_rule.ts";
import {
  fault,
  integerReader,
  isObject,
  readBoolean,
  readObject,
  readOptional,
  readText,
} from "./script_values.ts";

const MAX_AFTER = Number.MAX_SAFE_INTEGER;
const MAX_BYTES_PER_SECOND = 1_000_000_000;
const DEFAULT_BYTES_PER_SECOND = 20;

type Member = "after" | "bytesPerSecond" | "bytes" | "chunked";

// The values of each kind besides its name.
const MEMBERS: Readonly<Record<WireFault["kind"], readonly Member[]>> = {
  raw: ["bytes"],
  reset: ["after", "chunked"],
  silence: ["after", "chunked"],
  drip: ["after", "bytesPerSecond", "chunked"],
  cut: ["after", "chunked"],
  wrong_length: ["after"],
  bad_chunk: ["after", "bytes"],
  bad_trailers: ["bytes"],
  duplicate_headers: [],
  slow_head: ["bytesPerSecond"],
  close_without_answer: [],
  http10: [],
};

/**
 * Reads a wire fault.
 *
 * @throws {ScriptError} for an unknown kind, and for a member that the kind does not have
 */
export function readWireFault(value: unknown, path: string): WireFault {
  if (!isObject(value)) throw fault(path, "an object", value);
  const kind = WIRE_FAULT_KINDS.find((known) => known === value["kind"]);
  if (kind === undefined) throw fault(`${path}.kind`, WIRE_FAULT_KINDS.join(", "), value["kind"]);
  const wire = readObject(value, path, ["kind", ...MEMBERS[kind]]);
  const after = readOptional(wire, "after", { path, read: kind === "wrong_length" ? readCount : readAfter });
  const bytes = readOptional(wire, "bytes", { path, read: readBytes });
  if (kind === "raw" && bytes === undefined) throw fault(`${path}.bytes`, "a text, or { base64 }", undefined);
  return {
    kind,
    after,
    bytes,
    bytesPerSecond:
      readOptional(wire, "bytesPerSecond", { path, read: integerReader(1, MAX_BYTES_PER_SECOND) }) ??
        DEFAULT_BYTES_PER_SECOND,
    isChunked: readOptional(wire, "chunked", { path, read: readBoolean }) ?? false,
  };
}

const readCount = integerReader(0, MAX_AFTER);

function readAfter(value: unknown, path: string): number | "head" {
  if (value === "head") return value;
  if (typeof value === "number") return readCount(value, path);
  throw fault(path, 'a number of bytes, or "head"', value);
}

function readBytes(value: unknown, path: string): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (!isObject(value)) throw fault(path, "a text, or { base64 }", value);
  const base64 = readText(readObject(value, path, ["base64"])["base64"], `${path}.base64`);
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw fault(`${path}.base64`, "base64", base64);
  }
}
