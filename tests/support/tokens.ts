import type { HttpError } from "../../src/http/errors.ts";
import type { Framing } from "../../src/http/tokens/framing.ts";
import type { RequestHead } from "../../src/http/tokens/head/request_head.ts";
import { shareFastHeads } from "../../src/http/tokens/head/fast_head.ts";
import { HttpTokenizer, type HttpTokenizerOptions } from "../../src/http/tokens/tokenizer.ts";
import type { HttpToken } from "../../src/http/tokens/tokens.ts";
import { textOf } from "./latin1.ts";

/** A fault, and the understood part of its head. */
export interface FaultNote {
  readonly status: number;
  readonly code: string;
  readonly offset: number | undefined;
  readonly head: string;
}

/** A token as text, and its position. */
export interface TokenNote {
  readonly kind: HttpToken["kind"];
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly fault?: FaultNote;
}

/**
 * Tokenizes a connection that sends these pieces and ends.
 *
 * Consecutive pieces of content become one note. All pieces come in one buffer, as in a server: after them it holds
 * line feeds of an earlier use, and each piece is overwritten after its push. A tokenizer that looks there gives
 * itself away.
 */
export function tokenize(pieces: readonly Uint8Array[], options: HttpTokenizerOptions = {}): TokenNote[] {
  const tokenizer = new HttpTokenizer(options);
  const notes: TokenNote[] = [];
  const buffer = new Uint8Array(Math.max(0, ...pieces.map((piece) => piece.length)) + 600).fill(0x0a);
  for (const piece of pieces) {
    buffer.set(piece);
    for (const token of tokenizer.push(buffer, piece.length)) addNote(notes, token);
    buffer.fill(0x0a);
  }
  for (const token of tokenizer.end()) addNote(notes, token);
  return notes;
}

/**
 * Options for tokens without those of lines, as a server has them. All users share one memory of field lines, so that
 * the lines of one input meet those of all others.
 */
export const FAST: HttpTokenizerOptions = { lineTokens: false, createFastReader: shareFastHeads() };

/** Writes tokens as notes. */
export function noteTokens(tokens: readonly HttpToken[]): TokenNote[] {
  const notes: TokenNote[] = [];
  for (const token of tokens) addNote(notes, token);
  return notes;
}

/** The notes in one line. */
export function summarize(notes: readonly TokenNote[]): string {
  return notes.map(({ text, kind }) => kind === "body" ? JSON.stringify(text) : text).join(" | ");
}

/** The notes without the tokens of the head's lines, see `lineTokens`. */
export function withoutLines(notes: readonly TokenNote[]): TokenNote[] {
  return notes.filter(({ kind }) => kind !== "request-line" && kind !== "field");
}

function addNote(notes: TokenNote[], token: HttpToken): void {
  const { kind, start, end } = token;
  const last = notes.at(-1);
  if (kind === "body" && last?.kind === "body" && last.end === start) {
    notes[notes.length - 1] = { kind, start: last.start, end, text: last.text + textOf(token.bytes) };
  } else if (kind === "error") {
    notes.push({ kind, start, end, text: describe(token), fault: faultOf(token.error, token.head) });
  } else {
    notes.push({ kind, start, end, text: describe(token) });
  }
}

function describe(token: HttpToken): string {
  switch (token.kind) {
    case "request-line":
      return `${token.method} ${token.target} ${token.version}`;
    case "field":
      return `${token.name}: ${token.value}`;
    case "trailer":
      return `~${token.name}: ${token.value}`;
    case "head-end":
      return describeFraming(token.framing);
    case "body":
      return textOf(token.bytes);
    case "end":
      return "end";
    case "error":
      return `${token.error.status} ${token.error.code} @${token.start}`;
  }
}

function describeFraming(framing: Framing): string {
  return framing.kind === "length" ? `length ${framing.length}` : framing.kind;
}

function faultOf(error: HttpError, head: RequestHead | undefined): FaultNote {
  const { status, code, offset } = error;
  const understood = head === undefined ? [] : [head.method, head.target, head.version, ...head.headers];
  return { status, code, offset, head: understood.join("\n") };
}
