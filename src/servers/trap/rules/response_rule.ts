// The shape of a rule: the requests that it is for, and its responses, one step after the other.

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

/** Which requests a rule is for: all of it must hold. */
export interface RuleMatcher {
  /** The method as sent; undefined for every one. */
  readonly method: string | undefined;
  /** The path as sent. */
  readonly path: PathPattern;
  /** Fields by name, without case: one of their lines must be so. */
  readonly headers: readonly (readonly [name: string, matcher: TextMatcher])[];
  /** Parameters by decoded name: one of their decoded values must be so. */
  readonly query: readonly (readonly [name: string, matcher: TextMatcher])[];
  /** The content, as far as it is kept. */
  readonly content: ContentMatcher | undefined;
  /** The state that has to be. */
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
  /** Where: after so many bytes of content, inside the head, or, undefined, before any byte. */
  readonly after: number | "head" | undefined;
  /** How fast bytes go, if they go slowly. */
  readonly bytesPerSecond: number;
  /** The bytes to send in place of a response. */
  readonly bytes: Uint8Array | undefined;
  /** Whether content is framed in chunks, if it may be either way. */
  readonly isChunked: boolean;
}

/** One step of a rule: a response. */
export interface ResponseStep {
  /** Status code, 200 to 599. */
  readonly status: number;
  /** Fields beside those that every response has. */
  readonly headers: readonly (readonly [name: string, value: Template])[];
  /** The content, sent as UTF-8; undefined for the content that responses have without a rule. */
  readonly body: Template | undefined;
  /** How long the response waits, in milliseconds. */
  readonly delayMs: number;
  /** How it breaks on the wire. */
  readonly wire: WireFault | undefined;
  /** Whether the step names a status or content; else the server behind the trap responds. */
  readonly isOwnResponse: boolean;
}

/** A rule. */
export interface ResponseRule extends RuleMatcher {
  /** The state that a request brings about which meets the rule. */
  readonly setState: string | undefined;
  /** One step a request, the last one again and again; at least one. */
  readonly sequence: readonly ResponseStep[];
}

/** A response, with everything filled in. */
export interface ChosenResponse {
  /** Status code. */
  readonly status: number;
  /** Fields, ready for the wire. */
  readonly headers: readonly HeaderField[];
  /** The content; undefined for the content that responses have without a rule. */
  readonly body: string | undefined;
  /** How long it waits, in milliseconds. */
  readonly delayMs: number;
  /** How it breaks on the wire. */
  readonly wire: WireFault | undefined;
  /** Which rule and which step, counted from 1; undefined without a rule. */
  readonly source: { readonly rule: number; readonly step: number } | undefined;
  /** Why the rule could not do what it says. */
  readonly fault?: string;
  /** Whether the rule says the response itself. */
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
