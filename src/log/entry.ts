import type { CookiePair } from "../http/cookies.ts";
import type { NetAddress } from "../net/connection.ts";

/** The levels of the error log, from the lowest to the highest. */
export type ErrorLevel = "debug" | "info" | "warn" | "error" | "fatal";

/** The request itself, for the full form of an access log entry. */
export interface LoggedRequest {
  /** The head with its empty line, bytes seen as latin1; "" if nothing is known. */
  readonly head: string;
  /** The content, or its beginning. If much is broken off, its memory is given back after the entry is written. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** How the body ended: whole, cut at a limit, broken off by the client, or left unread. */
  readonly bodyEnd: "whole" | "cut" | "broken" | "unread";
}

/**
 * Details of a request that some lines show. Texts are bytes seen as latin1; undefined if the client sent
 * nothing.
 */
export interface RequestDetails {
  /** As in the request line: `HTTP/1.1`; "" if it was not understood. */
  readonly protocol: string;
  /** The field Host. */
  readonly host: string | undefined;
  /** The field Referer. */
  readonly referer: string | undefined;
  /** The field User-Agent. */
  readonly userAgent: string | undefined;
  /** The proxy, if a trusted one speaks for the client. */
  readonly proxy: NetAddress | undefined;
}

/** One command of a client that speaks in lines. */
export interface CommandEntry {
  /** Time of the response, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The client's end of the connection. */
  readonly client: NetAddress;
  /** How it ended, in one word. */
  readonly status: string;
  /** The line, bytes seen as latin1. */
  readonly command: string;
}

/**
 * One request and its response. Texts from the request are bytes seen as latin1; "" if they were not
 * understood.
 */
export interface AccessEntry {
  /** When the request came, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The id of the request, which the error log has too. */
  readonly id: string;
  /** The client's end of the connection. */
  readonly client: NetAddress;
  /** Status code of the response. */
  readonly status: number;
  /** The method as sent. */
  readonly method: string;
  /** The request target as sent. */
  readonly url: string;
  /** The cookies, in order. */
  readonly cookies: readonly CookiePair[];
  /** Bytes of content in the response. */
  readonly bytes: number;
  /** From the complete head to the end of the response. */
  readonly durationMs: number;
  /** More details, for formats and servers that show them. */
  readonly details?: RequestDetails | undefined;
  /** The request, in full form only. */
  readonly request?: LoggedRequest | undefined;
}

/** One error, of a request or of the server. */
export interface ErrorEntry {
  /** Its level. */
  readonly level: ErrorLevel;
  /** When it happened, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The id of the request. */
  readonly id?: string | undefined;
  /** The client's end of the connection. */
  readonly client?: NetAddress | undefined;
  /** Status code of the response. */
  readonly status?: number | undefined;
  /** The method as sent, seen as latin1. */
  readonly method?: string | undefined;
  /** The request target as sent, seen as latin1. */
  readonly url?: string | undefined;
  /** The message of the caught error. */
  readonly message: string;
  /** The stack of the error, for its developers; may have several lines. */
  readonly stack?: string | undefined;
}

/** One record of the chain of a request: a step, its place, and its success. */
export interface ChainEntry {
  /** When it happened, in microseconds since 1970. */
  readonly timeMicros: number;
  /** Its level. */
  readonly level: "info" | "error";
  /** The id of the request. */
  readonly id: string;
  /** The chain of calls in which it was made, outermost first: `trap > query > process2`. */
  readonly where: string;
  /** The event; texts from the request are bytes seen as latin1. */
  readonly message: string;
}

/** How entries become lines. Every text it gives is of whole lines, each with its line feed. */
export interface LogFormat {
  /** A request and its response. */
  access(entry: AccessEntry): string;
  /** A command of a client that speaks in lines. */
  command(entry: CommandEntry): string;
  /** An error. */
  error(entry: ErrorEntry): string;
  /** A record of a request's chain. */
  chain(entry: ChainEntry): string;
  /** The gap left by dropped records. */
  dropped(timeMs: number, count: number): string;
}
