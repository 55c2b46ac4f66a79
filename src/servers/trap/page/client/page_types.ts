// The types of the values that the modules of the page pass to each other. Nothing of this file reaches the browser.

import type {
  RequestRecord,
  ResponseRecord,
  TrapRecord as StoredRecord,
} from "../../records/request_record.ts";

/** A request in the format of `GET /api/requests`. */
export type TrapRecord = RequestRecord;

/** An entry of `GET /api/requests`: a request or a failed TLS handshake. */
export type AnyRecord = StoredRecord;

/** A response whose bytes are kept. */
export type TrapResponse = ResponseRecord;

/** The state of the trap, from `GET /api/status`. */
export interface TrapStatus {
  readonly requests: number;
  readonly bytes: number;
  readonly evicted: number;
  readonly waiting: number;
  readonly storageError: string | null;
}

/** Settings for sending a request again. */
export interface ReplayCall {
  readonly url: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly Pair[];
  readonly body?: string;
  readonly exact?: boolean;
}

/** Name and value, as in a query, a head or a form. */
export type Pair = readonly [name: string, value: string];

/** A request in the list. The rest is fetched when it is opened, so 10,000 rows stay small. */
export interface RequestRow {
  readonly id: string;
  readonly receivedAt: string;
  readonly remote: string;
  readonly method: string;
  /** The target; in a malformed request, the part of it that could be read. */
  readonly target: string;
  readonly contentType: string;
  readonly bodyBytes: number;
  readonly wireBytes: number;
  readonly verdict: TrapRecord["verdict"];
  readonly end: TrapRecord["end"];
  readonly isCut: boolean;
  /** The fault of the message itself; null if there is none. */
  readonly fault: TrapRecord["fault"];
  /** The check of its signature; undefined if it has none. */
  readonly signature: TrapRecord["signature"];
  /** The first error; "" if there is none. */
  readonly problem: string;
  /** The sender's name for the event; "" if there is none. */
  readonly event: string;
  /** The status of the response; undefined if none was sent. */
  readonly status: number | undefined;
  /** How the response ended; undefined if it is complete. */
  readonly responseEnd: TrapResponse["end"] | undefined;
}

/** The line above the rows of a day. */
export interface DayStart {
  /** The local date: `2026-01-31`. */
  readonly day: string;
  /** The position of its newest row. */
  readonly start: number;
}

/** A token in a request: its parts are JSON texts, not verified. */
export interface JsonWebToken {
  /** Its place in the request, in words. */
  readonly place: string;
  readonly header: string;
  readonly payload: string;
  /** The claims that are times, as ISO 8601. */
  readonly times: readonly Pair[];
}

/** The bins of the trap, from `GET /api/bins`. */
export interface BinList {
  readonly enabled: boolean;
  /** How many requests each bin keeps. */
  readonly keep: number;
  /** How long they are kept; null means for ever. */
  readonly keepAgeMs: number | null;
  readonly bins: readonly { readonly name: string; readonly requests: number }[];
}

/** The filters of the list. Empty texts let all requests pass. */
export interface Filters {
  /** A text to search for in target, headers and body. */
  readonly text: string;
  readonly method: string;
  readonly path: string;
  readonly errorsOnly: boolean;
  readonly faultsOnly: boolean;
  /** One bin; "" for all. */
  readonly bin: string;
}

/** Fetched bytes, perhaps only the first ones. */
export interface FetchedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The number of all bytes; more than `bytes` has if the rest was not fetched. */
  readonly totalBytes: number;
}

/** The calls of the API that the page makes. Each rejects with an Error whose message is for people. */
export interface TrapApi {
  /** A page of requests, newest first. @param before an id; older ones only */
  list(filters: Filters, page: { readonly limit: number; readonly before?: string }): Promise<TrapRecord[]>;
  /** One request. */
  record(id: string): Promise<TrapRecord>;
  /** The bytes as they came, or the content only, perhaps decoded. @param maxBytes the most bytes to fetch */
  bytes(id: string, what: "raw" | "body" | "decoded", maxBytes: number): Promise<FetchedBytes>;
  /** The request as a HAR document. */
  har(id: string): Promise<string>;
  /** Deletes one request. */
  remove(id: string): Promise<void>;
  /** Deletes all requests of a bin, or with "" of all bins. */
  clear(bin: string): Promise<void>;
  /** Sends the request again, as it came or changed. */
  replay(id: string, call: ReplayCall): Promise<TrapResponse>;
  /** The content of the response in the record, or of a replay. */
  responseBody(id: string, which: ResponseBodyChoice): Promise<FetchedBytes>;
  /** The number of requests in a bin, or with "" of all. */
  count(bin: string): Promise<number>;
  /** The rules of the responses, as JSON text: those of a bin, or with "" all. */
  rules(bin: string): Promise<string>;
  /** Replaces the rules: those of a bin, or with "" all. */
  saveRules(text: string, bin: string): Promise<void>;
  /** Restarts all sequences and states. */
  resetRules(): Promise<void>;
  /** The state of the trap. */
  status(): Promise<TrapStatus>;
  /** The bins. */
  bins(): Promise<BinList>;
}

/** The content of a response to fetch. */
export interface ResponseBodyChoice {
  /** The index of a replay; undefined for the response in the record. */
  readonly replay: number | undefined;
  /** As it came, or decoded by the trap. */
  readonly form: "sent" | "decoded";
}

/** A line and its counterpart. */
export interface DiffRow {
  readonly kind: "same" | "changed" | "removed" | "added";
  /** The line of the first text; undefined if only the second has one. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** A piece of text: unchanged, or an escape for an invisible character. */
export interface TextPiece {
  readonly text: string;
  readonly isEscape: boolean;
}

/** One line of a head, as it came. */
export interface HeadLine {
  /** Its offset in the request. */
  readonly offset: number;
  /** The line without its end. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its line end; "" if the request broke off. */
  readonly ending: "\r\n" | "\n" | "";
}

/** A token of a JSON text, in its original spelling. */
export interface JsonToken {
  readonly kind: "key" | "string" | "number" | "word" | "mark";
  readonly text: string;
}

/** A line of a JSON text after its new layout. */
export interface JsonLine {
  readonly depth: number;
  readonly tokens: readonly JsonToken[];
}

/** A part of multipart content. */
export interface MultipartPart {
  readonly headers: readonly Pair[];
  /** Name of the form field; undefined if there is none. */
  readonly name: string | undefined;
  readonly fileName: string | undefined;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Multipart content, split as far as it is well-formed. */
export interface Multipart {
  readonly parts: readonly MultipartPart[];
  /** Its fault; "" if there is none. */
  readonly problem: string;
}

/** A text to copy, with remarks. */
export interface CopyText {
  readonly text: string;
  /** Sentences about the parts of the request that this form cannot carry. */
  readonly notes: readonly string[];
}
