// A script is everything that happens in one run of the simulator. It is plain data: it prints, shrinks and runs again.

import type { ServeOptions } from "../../src/serving/serve_options.ts";

/** How a handler treats the content of its request: reads none, one piece, all, or begins a read and leaves it. */
export type ContentUse = "none" | "piece" | "all" | "left";

/** The event that a handler waits for before it responds. */
export type HandlerWait =
  | { readonly kind: "nothing" }
  | { readonly kind: "hops"; readonly hops: number }
  | { readonly kind: "gate"; readonly gate: number }
  | { readonly kind: "for-ever" };

/** The response of a handler. */
export type HandlerResult =
  | { readonly kind: "text"; readonly bytes: number }
  | {
    readonly kind: "stream";
    readonly pieces: readonly number[];
    readonly hops: number;
    readonly promisesLength: boolean;
    readonly end: "good" | "throws" | "never" | "short";
  }
  | { readonly kind: "throws" }
  | { readonly kind: "refuses" };

/** The plan of a handler for one request. */
export interface HandlerPlan {
  readonly asksForSignal: boolean;
  readonly content: ContentUse;
  readonly wait: HandlerWait;
  readonly result: HandlerResult;
}

/** How the content of a request is framed. */
export type ContentPlan =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked"; readonly chunks: readonly number[] };

/** One request of a connection. */
export interface RequestPlan {
  readonly method: "GET" | "HEAD" | "POST";
  readonly content: ContentPlan;
  readonly asksToClose: boolean;
  readonly expectsContinue: boolean;
  readonly handler: HandlerPlan;
}

/** One client. */
export interface ConnectionPlan {
  readonly requests: readonly RequestPlan[];
  /** The end of the client's bytes: a request that is cut off, or bytes that can begin no request. */
  readonly rest: "" | "GET /cut" | "\x16\x03\x01";
  /** Microtasks from the arrival of bytes to the callback, as a runtime may have them. */
  readonly readHops: number;
  /** The same for a write; 0 calls back while `transmit` runs, as Node and Bun do. */
  readonly writeHops: number;
}

/** One event, and how much runs before the next one: a number of microtasks, or everything. */
export type Step =
  & (
    | { readonly kind: "connect"; readonly connection: number }
    | { readonly kind: "send"; readonly connection: number; readonly bytes: number }
    | { readonly kind: "finish"; readonly connection: number }
    | { readonly kind: "reset"; readonly connection: number }
    | { readonly kind: "stall"; readonly connection: number }
    | { readonly kind: "take"; readonly connection: number; readonly bytes: number }
    | { readonly kind: "flow"; readonly connection: number }
    | { readonly kind: "open-gate"; readonly gate: number }
    | { readonly kind: "pass-time"; readonly ms: number }
    | { readonly kind: "shutdown" }
  )
  & { readonly then: number | "all" };

/** One run. */
export interface Script {
  readonly seed: number;
  readonly options: ServeOptions;
  readonly connections: readonly ConnectionPlan[];
  readonly steps: readonly Step[];
}

/** The name of a request in its target and in its response. */
export function nameOf(connection: number, request: number): string {
  return `c${connection}r${request}`;
}

/** Content that shows where it belongs, and the position of each byte. */
export function contentOf(name: string, bytes: number): string {
  const line = `${name}.${bytes}.`;
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

/** The bytes of a request on the wire, as latin1. */
export function wireOf(plan: RequestPlan, name: string): string {
  const { method, content, asksToClose, expectsContinue } = plan;
  const fields = (asksToClose ? "Connection: close\r\n" : "") +
    (expectsContinue ? "Expect: 100-continue\r\n" : "");
  const head = `${method} /${name} HTTP/1.1\r\nHost: a\r\n${fields}`;
  switch (content.kind) {
    case "none":
      return `${head}\r\n`;
    case "length":
      return `${head}Content-Length: ${content.bytes}\r\n\r\n${contentOf(name, content.bytes)}`;
    case "chunked": {
      const text = sentContentOf(plan, name);
      let at = 0;
      let body = "";
      for (const size of content.chunks) {
        body += `${size.toString(16)}\r\n${text.slice(at, at += size)}\r\n`;
      }
      return `${head}Transfer-Encoding: chunked\r\n\r\n${body}0\r\n\r\n`;
    }
  }
}

/** The content of a request. */
export function sentContentOf({ content }: RequestPlan, name: string): string {
  if (content.kind === "none") return "";
  const bytes = content.kind === "length"
    ? content.bytes
    : content.chunks.reduce((sum, size) => sum + size, 0);
  return contentOf(name, bytes);
}

/** The whole content of a response as it should arrive. */
export function respondedContentOf(result: HandlerResult, name: string): string {
  if (result.kind === "text") return contentOf(name, result.bytes);
  if (result.kind !== "stream") return "";
  return contentOf(name, result.pieces.reduce((sum, size) => sum + size, 0));
}

/** Everything that a client will send, request by request, and the bytes after them. */
export function wiresOf(plan: ConnectionPlan, connection: number): string[] {
  const wires = plan.requests.map((request, index) => wireOf(request, nameOf(connection, index)));
  return plan.rest === "" ? wires : [...wires, plan.rest];
}
