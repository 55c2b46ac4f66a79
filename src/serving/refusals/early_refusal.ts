import { joinBytes } from "../../bytes/join_bytes.ts";
import { HttpHeaders } from "../../http/headers.ts";
import type { SharedResources } from "../shared_resources.ts";

/** A response to a client that is refused before any request is read. */
export interface EarlyRefusal {
  /** Status code. */
  readonly status: number;
  /** Fields, apart from those that the server sets itself. */
  readonly headers: HttpHeaders;
  /** The content: HTML in ASCII. */
  readonly document: string;
}

/** The server that refuses: its preamble, and its time. */
export type RefusingServer = Pick<SharedResources, "preamble" | "settings">;

/** The bytes of a refusal, after which the connection ends. */
export function encodeRefusal(
  { status, headers, document }: EarlyRefusal,
  { preamble, settings }: RefusingServer,
): Uint8Array {
  const lines = Array.from(headers, ([name, value]) => `${name}: ${value}\r\n`).join("");
  const rest = `${lines}Content-Length: ${document.length}\r\n\r\n${document}`;
  return joinBytes([
    preamble.get(status, headers.toWire(), "close", settings.clock.nowMs()),
    new TextEncoder().encode(rest),
  ]);
}
