// Inputs for a server, rarely correct: random bytes, mutated rows of the corpus, sentences of a grammar.

import { bytesOf, joinBytes } from "../support/latin1.ts";
import type { Random } from "../support/random.ts";
import { CORPUS } from "../testdata/http/corpus.ts";
import { makeSentence } from "./grammar.ts";

/** The rows of the corpus as bytes. */
export const ROWS: readonly Uint8Array<ArrayBuffer>[] = CORPUS.flatMap(({ rows }) =>
  rows.map(([_claim, sent]) => bytesOf(sent))
);

// Longer inputs cost more and show nothing new.
const MAX_INPUT_BYTES = 2_000;

// Pieces that parsers have stumbled over, for places where they do not belong.
const SPLINTERS = [
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "\0",
  " ",
  "\t",
  "\v",
  ":",
  ",",
  ";",
  '"',
  "\\",
  "=",
  "0",
  "-",
  "+",
  "\x7f",
  "\x80",
  "\xff",
  "\xef\xbb\xbf",
  "\xe2\x84\xaa",
  "chunked",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Host: a\r\n",
  "GET / HTTP/1.1\r\n",
  "HTTP/1.1",
  "0\r\n\r\n",
  "ffffffffffffffff",
  "9007199254740993",
].map(bytesOf);

/** Makes a new input. */
export function makeInput(random: Random): Uint8Array<ArrayBuffer> {
  switch (random.below(10)) {
    case 0:
      return makeRandomBytes(random);
    case 1:
    case 2:
      return mutate(random.pick(ROWS), random, ROWS);
    case 3:
      return joinBytes([random.pick(ROWS), random.pick(ROWS)]);
    case 4:
    case 5:
      return mutate(bytesOf(makeSentence(random)), random, ROWS);
    default:
      return bytesOf(makeSentence(random));
  }
}

function makeRandomBytes(random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: random.below(80) }, () => random.below(256));
}

/**
 * Changes an input in one place, sometimes in more.
 *
 * @param others inputs whose pieces may be put in
 */
export function mutate(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
  others: readonly Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> {
  let mutated = bytes;
  do mutated = mutateOnce(mutated, random, others); while (random.happens(2));
  return mutated.subarray(0, MAX_INPUT_BYTES);
}

function mutateOnce(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
  others: readonly Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + random.below(6));
  const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (random.below(9)) {
    case 0:
      return joinBytes([before, after]);
    case 1:
      return joinBytes([before, cut, cut, after]);
    case 2:
      return joinBytes([before, random.pick(SPLINTERS), bytes.subarray(at)]);
    case 3:
      return joinBytes([before, random.pick(SPLINTERS), after]);
    case 4:
      return joinBytes([before, cut.map((byte) => byte ^ (1 << random.below(8))), after]);
    case 5:
      return joinBytes([before, pickPiece(random.pick(others), random), after]);
    case 6:
      return joinBytes([before, random.pick(others).subarray(at)]);
    case 7:
      return changeDigit(bytes, random);
    default:
      return moveLine(bytes, random);
  }
}

function pickPiece(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  return bytes.subarray(at, at + 1 + random.below(40));
}

/** Replaces one digit of a length, a size or a version. */
function changeDigit(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const digits = Array.from(bytes.keys()).filter((index) => bytes[index]! >= 0x30 && bytes[index]! <= 0x39);
  if (digits.length === 0) return bytes;
  const changed = bytes.slice();
  changed[random.pick(digits)] = 0x30 + random.below(10);
  return changed;
}

/** Moves one line in front of another. */
function moveLine(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const starts = [
    0,
    ...Array.from(bytes.keys()).filter((index) => bytes[index] === 0x0a).map((index) => index + 1),
  ];
  const from = random.below(starts.length);
  const line = bytes.subarray(starts[from]!, starts[from + 1] ?? bytes.length);
  const to = random.pick(starts.slice(0, from + 1));
  return joinBytes([
    bytes.subarray(0, to),
    line,
    bytes.subarray(to, starts[from]!),
    bytes.subarray(starts[from]! + line.length),
  ]);
}
