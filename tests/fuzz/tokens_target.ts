import { assert, assertEquals } from "@std/assert";
import { DEFAULT_LIMITS } from "../../src/http/limits.ts";
import { HttpTokenizer, type HttpTokenizerOptions } from "../../src/http/tokens/tokenizer.ts";
import type { Random } from "../support/random.ts";
import { splitAtRandom, splitEverywhere } from "../support/splits.ts";
import { FAST, tokenize, type TokenNote, withoutLines } from "../support/tokens.ts";
import { meterNatives } from "../support/work_meter.ts";
import { makeInput, ROWS } from "./inputs.ts";
import type { FuzzTarget } from "./target.ts";

// Some inputs reach each of these limits.
const TIGHT: HttpTokenizerOptions = {
  maxRequestLineBytes: 48,
  maxHeadBytes: 120,
  maxFieldBytes: 48,
  maxFields: 4,
  maxFirstEmptyLines: 3,
  maxEmptyLines: 2,
  maxChunkLineBytes: 12,
  maxChunkExtensionBytes: 16,
  maxTrailerBytes: 40,
  maxTrailers: 2,
  targetBytes: "rfc3986",
};

/** HttpTokenizer: tokens in an order that a message can have, or one error; the same in every split; bounded memory. */
export const TOKENS: FuzzTarget = {
  name: "tokens",
  seeds: ROWS,
  make: makeInput,
  check: (input, random) => checkInput(input, random.happens(3) ? TIGHT : {}, random),
};

function checkInput(input: Uint8Array<ArrayBuffer>, options: HttpTokenizerOptions, random: Random): string {
  const whole = tokenize([input], options);
  checkOrder(whole);
  assert(
    allocationOf(input, options) <= maxAllocation(options),
    "the tokenizer takes more memory than its limits allow",
  );
  const splits = random.happens(10)
    ? splitEverywhere(input, random.below(1e9))
    : splitAtRandom(input, random, 6);
  for (const split of splits) assertEquals(tokenize(split.pieces, options), whole, split.name);
  assertEquals(tokenize([input], { ...options, ...FAST }), withoutLines(whole));
  const fault = whole.at(-1)?.fault;
  return fault === undefined ? "well" : `${fault.status} ${fault.code}`;
}

/** Bytes of the arrays in which a tokenizer keeps bytes that come one by one. */
function allocationOf(input: Uint8Array<ArrayBuffer>, options: HttpTokenizerOptions): number {
  const tokenizer = new HttpTokenizer({ ...options, ...FAST });
  const meter = meterNatives();
  try {
    for (let at = 0; at < input.length; at++) tokenizer.push(input.subarray(at, at + 1));
  } finally {
    meter.restore();
  }
  return meter.allocatedBytes();
}

/** One line is kept at a time; its array doubles until it fits. */
function maxAllocation(options: HttpTokenizerOptions): number {
  const { maxRequestLineBytes, maxHeadBytes, maxChunkLineBytes, maxTrailerBytes } = {
    ...DEFAULT_LIMITS,
    ...options,
  };
  return 4 * Math.max(128, maxRequestLineBytes, maxHeadBytes, maxChunkLineBytes + 2, maxTrailerBytes);
}

// The order of tokens: request-line, field*, head-end, body*, trailer*, end. An error can follow all but an error.
const FOLLOWERS: Readonly<Record<TokenNote["kind"], readonly TokenNote["kind"][]>> = {
  "request-line": ["field", "head-end", "error"],
  "field": ["field", "head-end", "error"],
  "head-end": ["body", "trailer", "end", "error"],
  "body": ["body", "trailer", "end", "error"],
  "trailer": ["trailer", "end", "error"],
  "end": ["request-line", "error"],
  "error": [],
};

function checkOrder(notes: readonly TokenNote[]): void {
  let allowed: readonly TokenNote["kind"][] = ["request-line", "error"];
  let offset = 0;
  for (const { kind, start, end, fault } of notes) {
    if (!allowed.includes(kind)) throw new Error(`${kind} where only ${allowed.join(", ")} can stand`);
    if (start < offset || end < start) throw new Error(`${kind} at ${start} to ${end}, after ${offset}`);
    if (fault !== undefined && fault.offset !== start) {
      throw new Error(`fault at ${fault.offset}, token at ${start}`);
    }
    allowed = FOLLOWERS[kind];
    offset = end;
  }
  const last = notes.at(-1)?.kind;
  if (last !== undefined && last !== "end" && last !== "error") throw new Error(`the last token is ${last}`);
}
