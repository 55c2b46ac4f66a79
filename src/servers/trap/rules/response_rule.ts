// The shape of a rule: its conditions for requests, and its responses, one step after the other.

import type { HeaderField } from "../../../http/headers.ts";
import type { PathPattern } from "./path_pattern.ts";
import type { Template } from "./templates.ts";

/** The condition for a text: equal to this one, or containing it. */
export interface TextMatcher {
  /** How the text is compared. */
  readonly kind: "exact" | "contains";
  /** The text to compare with. */
  readonly text: string;
}

/** The condition for content. */
export type ContentMatcher =
  | { readonly kind: "contains"; readonly text: string }
  /** Its members must be there; others may be there as well. */
  | { readonly kind: "json"; readonly value: unknown };

/** The conditions of a rule: all of them must hold. */
export interface RuleMatcher {
  /** The method as sent; undefined for all methods. */
  readonly method: string | undefined;
  /** The path as sent. */
  readonly path: PathPattern;
  /** Fields by name, in upper or lower case: one line of each must match. */
  readonly headers: readonly (readonly [name: string, matcher: TextMatcher])[];
  /** Parameters by decoded name: one decoded value of each must match. */
  readonly query: readonly (readonly [name: string, matcher: TextMatcher])[];
  /** The kept part of the content. */
  readonly content: ContentMatcher | undefined;
  /** The required state. */
  readonly whenState: string | undefined;
  /** The bin, with `--bins`. */
  readonly bin: string | undefined;
}

/** The ways in which a response may break on the wire. */
export const WIRE_FAULT_KINDS = [
  "raw",
  "reset",
  "silence",
  "drip",
  "cut",
  "wrong_length",
  "bad_chunk",
  "bad_trailers",
  "duplicate_headers",
  "slow_head",
  "close_without_answer",
  "http10",
] as const;

/** A way in which a response breaks on the wire. */
export interface WireFault {
  /** The kind of fault. */
  readonly kind: (typeof WIRE_FAULT_KINDS)[number];
  /** The position: after this many bytes of content, inside the head, or, if undefined, before any byte. */
  readonly after: number | "head" | undefined;
  /** The rate, if bytes are sent slowly. */
  readonly bytesPerSecond: number;
  /** The bytes that replace a response. */
  readonly bytes: Uint8Array | undefined;
  /** Whether content is chunked, if both are possible. */
  readonly isChunked: boolean;
}

/** One step of a rule: a response. */
export interface ResponseStep {
  /** Status code, 200 to 599. */
  readonly status: number;
  /** Fields in addition to those of every response. */
  readonly headers: readonly (readonly [name: string, value: Template])[];
  /** The content, sent as UTF-8; undefined for the content of a response without a rule. */
  readonly body: Template | undefined;
  /** How long the response waits, in milliseconds. */
  readonly delayMs: number;
  /** How it breaks on the wire. */
  readonly wire: WireFault | undefined;
  /** Whether the step sets a status or content; otherwise the server behind the trap responds. */
  readonly isOwnResponse: boolean;
}

/** A rule. */
export interface ResponseRule extends RuleMatcher {
  /** The state after a request that meets the rule. */
  readonly setState: string | undefined;
  /** One step a request, and the last one for all further requests; at least one. */
  readonly sequence: readonly ResponseStep[];
}

/** A response with all values filled in. */
export interface ChosenResponse {
  /** Status code. */
  readonly status: number;
  /** Fields, ready for the wire. */
  readonly headers: readonly HeaderField[];
  /** The content; undefined for the content of a response without a rule. */
  readonly body: string | undefined;
  /** How long it waits, in milliseconds. */
  readonly delayMs: number;
  /** How it breaks on the wire. */
  readonly wire: WireFault | undefined;
  /** The numbers of the rule and of the step, counted from 1; undefined without a rule. */
  readonly source: { readonly rule: number; readonly step: number } | undefined;
  /** Why the rule failed. */
  readonly fault?: string;
  /** Whether the rule makes the response itself. */
  readonly isOwnResponse: boolean;
}

/** The response without a rule. */
export const PLAIN_RESPONSE: ChosenResponse = {
  status: 200,
  headers: [],
  body: undefined,
  delayMs: 0,
  wire: undefined,
  source: undefined,
  isOwnResponse: false,
};
