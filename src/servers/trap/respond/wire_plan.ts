// The bytes of each wire fault, and the pauses and ends between them. docs/wire-faults.md shows them.

import { encodeLatin1 } from "../../../bytes/latin1.ts";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import { formatHttpDate } from "../../../http/date.ts";
import { equalsIgnoringCase } from "../../../http/grammar.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { isBodyless, reasonPhrase } from "../../../http/status.ts";
import type { WireFault } from "../rules/response_rule.ts";

/** One step on the wire. After the last step the connection is closed with FIN. */
export type WireStep =
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  /** Sends slowly. */
  | { readonly kind: "drip"; readonly bytes: Uint8Array; readonly bytesPerSecond: number }
  /** Sends no more, until the client leaves. */
  | { readonly kind: "silence" }
  /** Resets the connection with a RST. */
  | { readonly kind: "reset" };

/** The broken response. */
export interface WholeResponse {
  /** The method of the request: a response to HEAD has no content. */
  readonly method: string;
  /** Status code. */
  readonly status: number;
  /** The fields except those of framing. */
  readonly headers: readonly HeaderField[];
  /** The content. */
  readonly content: Uint8Array;
  /** For the field Date, in milliseconds since 1970. */
  readonly nowMs: number;
}

const encoder = new TextEncoder();
const LAST_CHUNK = "0\r\n";
const EXCESS_BYTES = 10;
const LF = 0x0a;

/** Plans a fault on the wire, step by step. */
export function planWireFault(fault: WireFault, whole: WholeResponse): readonly WireStep[] {
  const response = new FaultyResponse(whole);
  const { content } = response;
  const { after, bytesPerSecond } = fault;
  switch (fault.kind) {
    case "raw":
      return [send(fault.bytes ?? new Uint8Array(0))];
    case "close_without_answer":
      return [];
    case "silence":
      return [send(response.until(fault)), { kind: "silence" }];
    case "reset":
      return [send(response.until(fault)), { kind: "reset" }];
    case "cut":
      return [send(response.until(fault))];
    case "drip": {
      // Without a position, the head goes at once: slow_head is for heads.
      const all = response.complete(fault.isChunked);
      const start = all.subarray(0, response.placeOf({ after: after ?? 0, isChunked: fault.isChunked }));
      return [send(start), { kind: "drip", bytes: all.subarray(start.length), bytesPerSecond }];
    }
    case "slow_head":
      return [
        { kind: "drip", bytes: response.head(response.lengthFields(content.length)), bytesPerSecond },
        send(content),
      ];
    case "wrong_length": {
      const promised = typeof after === "number" ? after : content.length + EXCESS_BYTES;
      return [send(response.head(response.lengthFields(promised)), content)];
    }
    case "bad_chunk": {
      const good = content.subarray(0, typeof after === "number" ? after : 0);
      const bad = fault.bytes ?? encoder.encode("XYZ\r\n");
      return [send(response.head(CHUNKED), chunkOf(good), bad, content.subarray(good.length))];
    }
    case "bad_trailers": {
      const bad = fault.bytes ?? encoder.encode("no trailer at all\r\n");
      return [send(response.head(CHUNKED), chunkOf(content), text(LAST_CHUNK), bad, text("\r\n"))];
    }
    case "duplicate_headers": {
      const fields: HeaderField[] = [
        ["Content-Type", "text/html"],
        ["Content-Length", String(content.length)],
        ["Content-Length", String(content.length + 1)],
      ];
      return [send(response.head(fields), content)];
    }
    case "http10":
      return [send(response.head([], "1.0"), content)];
  }
}

const CHUNKED: readonly HeaderField[] = [["Transfer-Encoding", "chunked"]];

/** The parts of a response that will break. */
class FaultyResponse {
  readonly content: Uint8Array;
  readonly #whole: WholeResponse;

  constructor(whole: WholeResponse) {
    this.#whole = whole;
    this.content = whole.method === "HEAD" || isBodyless(whole.status) ? new Uint8Array(0) : whole.content;
  }

  lengthFields(length: number): readonly HeaderField[] {
    return [["Content-Length", String(length)]];
  }

  head(framing: readonly HeaderField[], version: "1.0" | "1.1" = "1.1"): Uint8Array {
    const { status, headers, nowMs } = this.#whole;
    const hasDate = headers.some(([name]) => equalsIgnoringCase(name, "date"));
    const fields: readonly HeaderField[] = [
      ...(hasDate ? [] : [["Date", formatHttpDate(nowMs)] as const]),
      ["Connection", "close"],
      ...headers,
      ...framing,
    ];
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return encodeLatin1(`HTTP/${version} ${status} ${reasonPhrase(status)}\r\n${lines}\r\n`);
  }

  complete(isChunked: boolean): Uint8Array {
    return isChunked
      ? joinBytes([this.head(CHUNKED), chunkOf(this.content), text(`${LAST_CHUNK}\r\n`)])
      : joinBytes([this.head(this.lengthFields(this.content.length)), this.content]);
  }

  /** How many bytes of the complete response go before a position in it. */
  placeOf({ after, isChunked }: Pick<WireFault, "after" | "isChunked">): number {
    const head = this.head(isChunked ? CHUNKED : this.lengthFields(this.content.length)).length;
    if (typeof after !== "number") return after === "head" ? Math.floor(head / 2) : 0;
    const prefix = isChunked ? chunkOf(this.content).indexOf(LF) + 1 : 0;
    return head + (after === 0 ? 0 : prefix + Math.min(after, this.content.length));
  }

  /** The bytes before the position of a fault. */
  until({ after, isChunked }: Pick<WireFault, "after" | "isChunked">): Uint8Array {
    if (after === undefined) return new Uint8Array(0);
    // More content is promised than comes, even if the content is shorter than the position.
    const length = typeof after === "number" ? Math.max(this.content.length, after + 1) : this.content.length;
    const head = this.head(isChunked ? CHUNKED : this.lengthFields(length));
    if (after === "head") return head.subarray(0, Math.floor(head.length / 2));
    const content = this.content.subarray(0, after);
    return joinBytes([head, isChunked ? chunkOf(content) : content]);
  }
}

function chunkOf(content: Uint8Array): Uint8Array {
  if (content.length === 0) return content;
  return joinBytes([text(`${content.length.toString(16)}\r\n`), content, text("\r\n")]);
}

function send(...pieces: readonly Uint8Array[]): WireStep {
  return { kind: "send", bytes: joinBytes(pieces) };
}

function text(ascii: string): Uint8Array {
  return encoder.encode(ascii);
}
