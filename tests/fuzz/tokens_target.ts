// What holds for every input of a tokenizer, whatever it is.

import { assertEquals } from "@std/assert";
import type { HttpTokenizerOptions } from "../../src/http/tokenizer.ts";
import { textOf } from "../support/latin1.ts";
import { Random } from "../support/random.ts";
import { splitAtRandom, splitEverywhere } from "../support/splits.ts";
import { tokenize, type TokenNote } from "../support/tokens.ts";
import { makeInput } from "./fuzz_cases.ts";

// Every limit is met now and then.
const TIGHT: HttpTokenizerOptions = {
  maxRequestLineBytes: 48,
  maxHeadBytes: 120,
  maxFieldBytes: 48,
  maxFields: 4,
  maxEmptyLines: 2,
  maxChunkLineBytes: 12,
  maxChunkExtensionBytes: 16,
  maxTrailerBytes: 40,
  maxTrailers: 2,
  targetBytes: "rfc3986",
};

/** How many inputs ended in which way: by a status and code, or well. */
export type FuzzCounts = Map<string, number>;

/**
 * Checks inputs made from a seed: whatever the split, the same tokens in an order that a message can have, and nothing
 * behind an error.
 *
 * @throws {Error} with seed and bytes of the first input for which that does not hold
 */
export function fuzzTokenizer(seed: number, count: number): FuzzCounts {
  const counts: FuzzCounts = new Map();
  for (let i = 0; i < count; i++) {
    const random = new Random(seed + i);
    const input = makeInput(random);
    const options = random.happens(3) ? TIGHT : {};
    try {
      const end = checkInput(input, options, random);
      counts.set(end, (counts.get(end) ?? 0) + 1);
    } catch (cause) {
      throw new Error(`Cannot tokenize the input of seed ${seed + i}: ${JSON.stringify(textOf(input))}`, {
        cause,
      });
    }
  }
  return counts;
}

function checkInput(input: Uint8Array<ArrayBuffer>, options: HttpTokenizerOptions, random: Random): string {
  const whole = tokenize([input], options);
  checkOrder(whole);
  const splits = random.happens(10)
    ? splitEverywhere(input, random.below(1e9))
    : splitAtRandom(input, random, 6);
  for (const split of splits) assertEquals(tokenize(split.pieces, options), whole, split.name);
  assertEquals(tokenize([input], { ...options, lineTokens: false }), withoutLines(whole));
  const fault = whole.at(-1)?.fault;
  return fault === undefined ? "well" : `${fault.status} ${fault.code}`;
}

/** What is left without the tokens of the head's lines, see `lineTokens`. */
export function withoutLines(notes: readonly TokenNote[]): TokenNote[] {
  return notes.filter(({ kind }) => kind !== "request-line" && kind !== "field");
}

// What can follow what: request-line, field*, head-end, body*, trailer*, end. An error can follow all but an error.
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
    if (start < offset || end < start) throw new Error(`${kind} at ${start} to ${end}, behind ${offset}`);
    if (fault !== undefined && fault.offset !== start) {
      throw new Error(`fault at ${fault.offset}, token at ${start}`);
    }
    allowed = FOLLOWERS[kind];
    offset = end;
  }
  const last = notes.at(-1)?.kind;
  if (last !== undefined && last !== "end" && last !== "error") throw new Error(`the last token is ${last}`);
}
