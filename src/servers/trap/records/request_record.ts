// The plain data that the API returns. Texts from messages are bytes seen as latin1, unless a name says
// otherwise.

import type { HeaderField } from "../../../http/headers.ts";
import type { Parameter } from "./parameters.ts";

/**
 * How a request ended: complete, with a fault in its bytes, because the client left, or because it was too
 * slow.
 */
export type RequestEnd = "complete" | "malformed" | "aborted" | "timeout";

/** A fault of the message itself: of its bytes, its end, its kept part, or the script of its response. */
export type RequestFault = "malformed" | "aborted" | "timeout" | "cut" | "script";

/** A broken rule of a message, and its offset. */
export interface Malformation {
  /** Offset of the fault from the first byte of the message. */
  readonly offset: number;
  /** The rule, as a word and a sentence. */
  readonly rule: string;
}

/** A response of the trap itself. */
export interface GivenAnswer {
  /** Status code. */
  readonly status: number;
  /** The fields, except those that the server sets itself. */
  readonly headers: readonly HeaderField[];
  /** The content. */
  readonly body: string;
  /** The kind of the fault with which a rule breaks it on the wire: `reset`, for example. */
  readonly wire?: string;
}

/**
 * How a response ended: complete, with a fault in its bytes, because the server left, because it was too
 * slow, because the client did not take it, or because there was no server.
 */
export type ResponseEnd = "complete" | "malformed" | "aborted" | "timeout" | "unreachable";

/** An interim response: 103 with hints, for example. */
export interface InterimRecord {
  /** Status code, 100 to 199. */
  readonly status: number;
  /** As they came, in order. */
  readonly headers: readonly HeaderField[];
}

/** A response whose bytes are kept. */
export interface ResponseRecord {
  /** Its source: the server behind the trap, a rule, the server of a copy, or that of a replay. */
  readonly kind: "forwarded" | "scripted" | "copied" | "replayed";
  /** Status code; if the bytes have none, that of the trap's own response. */
  readonly status: number;
  /** The interim responses before it, in order; left out if there were none. */
  readonly interim?: readonly InterimRecord[];
  /** As they came, in order. */
  readonly headers: readonly HeaderField[];
  /** As they came, in order, after chunked content. */
  readonly trailers: readonly HeaderField[];
  /** Bytes of content, without framing. */
  readonly bodyBytes: number;
  /** All bytes. */
  readonly wireBytes: number;
  /** SHA-256 of the content, in hexadecimal digits. */
  readonly sha256: string;
  /** How it ended. */
  readonly end: ResponseEnd;
  /** The fault in its bytes. */
  readonly malformed?: Malformation;
  /** Why the response is not complete, in words. */
  readonly reason?: string;
  /** How many of its bytes are kept, if not all. */
  readonly truncated?: { readonly keptBytes: number };
  /** From the request to the end of the response, in milliseconds. */
  readonly durationMs: number;
}

/** A request that was sent again, or a copy of it that was sent at once, and the response. */
export interface ReplayRecord {
  /** The time, as ISO 8601. */
  readonly at: string;
  /** The URL that it was sent to. */
  readonly url: string;
  /** The method that was sent. */
  readonly method: string;
  /** Whether the bytes were sent unchanged. */
  readonly exact: boolean;
  /** The response. */
  readonly response: ResponseRecord;
}

/** The check of a request's signature. */
export interface SignatureRecord {
  /** The scheme's name: `github`, `stripe` ... */
  readonly scheme: string;
  /** Whether it is right; `unknown` without a secret. */
  readonly verdict: "valid" | "invalid" | "unknown";
  /** Why it is not valid, in words; "" if it is valid. */
  readonly reason: string;
}

/** One record of a request's chain. */
export interface ChainRecordText {
  /** ISO 8601 with microseconds. */
  readonly at: string;
  /** The level. */
  readonly level: string;
  /** The chain of calls. */
  readonly where: string;
  /** The event, in words. */
  readonly message: string;
}

/** The content of a message in the API with `content=1`. */
export interface ContentRecord {
  /** `text` for UTF-8, `base64` for everything else. */
  readonly encoding: "text" | "base64";
  /** The kept part of the content, without framing. */
  readonly data: string;
}

/** A request in the API. */
export interface RequestRecord {
  /** Distinguishes it from a failed handshake. */
  readonly kind: "request";
  /** The id. */
  readonly id: string;
  /** ISO 8601, UTC, with microseconds. */
  readonly receivedAt: string;
  /** The client's end of the connection. */
  readonly remote: string;
  /** The server's end of the connection. */
  readonly local: string;
  /** The bin that it belongs to, with `--bins`. */
  readonly bin?: string;
  /** As sent; "" if it was not understood. */
  readonly method: string;
  /** As sent; "" if it was not understood. */
  readonly target: string;
  /** The path as sent. */
  readonly path: string;
  /** The parameters as sent. */
  readonly query: readonly Parameter[];
  /** As sent, for example `1.1`; "" if it was not understood. */
  readonly version: string;
  /** As sent, in order. */
  readonly headers: readonly HeaderField[];
  /** Fields with values beyond ASCII, read as UTF-8; left out if none of them is UTF-8. */
  readonly headersUtf8?: readonly HeaderField[];
  /** The event name, if the sender of a webhook gives one in a field or in the content. */
  readonly event?: string;
  /** As sent, in order. */
  readonly trailers: readonly HeaderField[];
  /** Bytes of content, without framing. */
  readonly bodyBytes: number;
  /** All bytes. */
  readonly wireBytes: number;
  /** SHA-256 of all bytes, in hexadecimal digits. */
  readonly sha256: string;
  /** Whether there are any errors: faults, and broken rules of the exercise. */
  readonly verdict: "ok" | "error";
  /** The errors, in order. */
  readonly errors: readonly string[];
  /** The fault of the message itself. */
  readonly fault: RequestFault | null;
  /** The parts that a strict server would refuse, in words; left out if there are none. */
  readonly marks?: readonly string[];
  /** The steps taken for it. */
  readonly chain: readonly ChainRecordText[];
  /** How it ended. */
  readonly end: RequestEnd;
  /** The fault in its bytes. */
  readonly malformed?: Malformation;
  /** How much of its content is kept, if not all. */
  readonly truncated?: { readonly keptBytes: number };
  /** The reads in which the bytes came. */
  readonly pieces: readonly { readonly at: string; readonly bytes: number }[];
  /** The response of the trap itself. */
  readonly answer?: GivenAnswer;
  /** The response that was forwarded or scripted; otherwise that of the newest replay. */
  readonly response?: ResponseRecord;
  /** All replays, the oldest first. */
  readonly replays?: readonly ReplayRecord[];
  /** The check of its signature; left out if it has none. */
  readonly signature?: SignatureRecord;
  /** Its content, if the client asked for it. */
  readonly content?: ContentRecord;
}

/** A failed TLS handshake in the API. */
export interface TlsRecord {
  /** Distinguishes it from a request. */
  readonly kind: "tls";
  /** The id. */
  readonly id: string;
  /** ISO 8601, UTC, with microseconds. */
  readonly receivedAt: string;
  /** The client's end of the connection. */
  readonly remote: string;
  /** The server's end of the connection. */
  readonly local: string;
  /** The reason from the TLS library. */
  readonly reason: string;
  /** The fault of a handshake. */
  readonly fault: "malformed";
}

/** Any entry of the API's list. */
export type TrapRecord = RequestRecord | TlsRecord;
