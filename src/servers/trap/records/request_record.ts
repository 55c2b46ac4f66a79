// The plain data that the API returns. Texts out of messages are bytes seen as latin1, unless a name says otherwise.

import type { HeaderField } from "../../../http/headers.ts";
import type { Parameter } from "./parameters.ts";

/** How a request ended: as it should, by a fault in its bytes, by the client going away, by its being too slow. */
export type RequestEnd = "complete" | "malformed" | "aborted" | "timeout";

/** A fault of the message itself: its bytes, its end, its kept part, or the script that responded to it. */
export type RequestFault = "malformed" | "aborted" | "timeout" | "cut" | "script";

/** The place where a message breaks a rule, and the rule. */
export interface Malformation {
  /** Offset of the fault from the first byte of the message. */
  readonly offset: number;
  /** The rule, as a word and a sentence. */
  readonly rule: string;
}

/** The response that was given by the trap itself. */
export interface GivenAnswer {
  /** Status code. */
  readonly status: number;
  /** The fields, apart from those that the server sets itself. */
  readonly headers: readonly HeaderField[];
  /** The content. */
  readonly body: string;
}

/**
 * How a response ended: as it should, by a fault in its bytes, by the server going away, by its being too slow, because
 * nobody took it, or because there was no server.
 */
export type ResponseEnd = "complete" | "malformed" | "aborted" | "timeout" | "unreachable";

/** A response whose bytes are kept. */
export interface ResponseRecord {
  /** Its source: the server behind the trap, a rule, or the server of a replay. */
  readonly kind: "forwarded" | "scripted" | "replayed";
  /** Status code; that of the trap's own response if there is none in the bytes. */
  readonly status: number;
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
  /** Why there is no whole response, in words. */
  readonly reason?: string;
  /** How much of its bytes is kept, if not all. */
  readonly truncated?: { readonly keptBytes: number };
  /** From the request to the end of the response, in milliseconds. */
  readonly durationMs: number;
}

/** A request that was sent again, and what came back. */
export interface ReplayRecord {
  /** When, as ISO 8601. */
  readonly at: string;
  /** The URL it was sent to. */
  readonly url: string;
  /** The method that was sent. */
  readonly method: string;
  /** Whether the bytes were sent as they had come. */
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
  /** Why it is not valid, in words; "" if it is. */
  readonly reason: string;
}

/** One record of a request's chain. */
export interface ChainRecordText {
  /** ISO 8601 with microseconds. */
  readonly at: string;
  /** How grave it is. */
  readonly level: string;
  /** The chain of calls. */
  readonly where: string;
  /** The event, in words. */
  readonly message: string;
}

/** The content of a message, as the API gives it with `content=1`. */
export interface ContentRecord {
  /** `text` for UTF-8, `base64` for everything else. */
  readonly encoding: "text" | "base64";
  /** The content, as far as it is kept, without its framing. */
  readonly data: string;
}

/** A request as the API gives it. */
export interface RequestRecord {
  /** Tells it from a failed handshake. */
  readonly kind: "request";
  /** The id. */
  readonly id: string;
  /** ISO 8601, UTC, with microseconds. */
  readonly receivedAt: string;
  /** The client's end of the connection. */
  readonly remote: string;
  /** Our end. */
  readonly local: string;
  /** The bin that it belongs to, with `--bins`. */
  readonly bin?: string;
  /** As sent; "" where it was not understood. */
  readonly method: string;
  /** As sent; "" where it was not understood. */
  readonly target: string;
  /** The path as sent. */
  readonly path: string;
  /** The parameters as sent. */
  readonly query: readonly Parameter[];
  /** As sent, for example `1.1`; "" where it was not understood. */
  readonly version: string;
  /** As sent, in order. */
  readonly headers: readonly HeaderField[];
  /** Fields with values beyond ASCII, read as UTF-8; there if there are any that are UTF-8. */
  readonly headersUtf8?: readonly HeaderField[];
  /** The name of the event, if the sender of a webhook gives one in a field or in the content. */
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
  /** Parts that a strict server would refuse, in words; left out if there are none. */
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
  /** The response that was forwarded or scripted, else that of the newest replay. */
  readonly response?: ResponseRecord;
  /** All replays, the oldest first. */
  readonly replays?: readonly ReplayRecord[];
  /** The check of its signature; left out if it has none. */
  readonly signature?: SignatureRecord;
  /** Its content, if that was asked for. */
  readonly content?: ContentRecord;
}

/** A TLS handshake that failed, as the API gives it. */
export interface TlsRecord {
  /** Tells it from a request. */
  readonly kind: "tls";
  /** The id. */
  readonly id: string;
  /** ISO 8601, UTC, with microseconds. */
  readonly receivedAt: string;
  /** The client's end of the connection. */
  readonly remote: string;
  /** Our end. */
  readonly local: string;
  /** The reason that the TLS library gave. */
  readonly reason: string;
  /** The fault of a handshake. */
  readonly fault: "malformed";
}

/** Everything that the list of the API holds. */
export type TrapRecord = RequestRecord | TlsRecord;
