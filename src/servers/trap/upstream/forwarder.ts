// Forwards requests to the server behind the trap.

import { joinBytes } from "../../../bytes/join_bytes.ts";
import type { HttpHeaders } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { ByteSlab } from "../records/byte_slab.ts";
import type { Exchange, InterimListener } from "./exchange.ts";
import { encodeSentHead, type SentFraming } from "./sent_head.ts";
import type { OutgoingRequest, UpstreamClient } from "./upstream_client.ts";
import { targetBelow, type UpstreamUrl } from "./upstream_url.ts";

/** Gets the response to a forwarded request. */
export interface ForwardListener {
  /** Called with the exchange when that is ready. */
  readonly onReady: (exchange: Exchange) => void;
  /** Called with each interim response before that. */
  readonly onInterim?: InterimListener;
}

/** A request whose content is forwarded while it comes. */
export interface StreamedForward {
  /** Calls back with the exchange when that is ready. */
  whenReady(callback: (exchange: Exchange) => void): void;
  /** Forwards content. @param piece valid until this settles */
  write(piece: Uint8Array): Promise<void>;
  /** Ends the content. @param trailers undefined when the content broke off: then the server sees that too */
  finish(trailers: HttpHeaders | undefined): Promise<void>;
}

// Repeating these methods does no harm (RFC 9110 §9.2.2).
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);
const AS_SENT: SentFraming = { kind: "as-sent" };
const LAST_CHUNK = "0\r\n";
const encoder = new TextEncoder();

/** Forwards requests to one server. */
export class Forwarder {
  /** The server that gets the requests. */
  readonly upstream: UpstreamUrl;
  readonly #client: UpstreamClient;
  // Replaces Host; undefined keeps it.
  readonly #host: string | undefined;
  // Heads are forgotten after sending: a slab of their own does not keep the memory of stored requests.
  readonly #heads = new ByteSlab();

  constructor(upstream: UpstreamUrl, client: UpstreamClient) {
    this.upstream = upstream;
    this.#client = client;
    this.#host = isNamed(upstream) ? upstream.host : undefined;
  }

  /** Forwards a complete request. */
  forward(request: HttpRequest, content: Uint8Array, { onReady, onInterim }: ForwardListener): void {
    const isChunked = request.body.length === undefined;
    const head = this.#encodeHead(request, isChunked ? { kind: "length", length: content.length } : AS_SENT);
    const bytes = content.length === 0 ? head : joinBytes([head, content]);
    this.#client.send(toOutgoing(request, bytes, onInterim), onReady);
  }

  /** Forwards a request before its content has come. */
  open(request: HttpRequest, onInterim: InterimListener): StreamedForward {
    const isChunked = request.body.length === undefined;
    const head = this.#encodeHead(request, isChunked ? { kind: "chunked" } : AS_SENT);
    const begun = this.#client.begin(toOutgoing(request, head, onInterim));
    return {
      whenReady(callback) {
        begun.then(({ exchange }) => exchange.whenReady(() => callback(exchange)));
      },
      async write(piece) {
        const { connection } = await begun;
        await connection?.send(isChunked ? toChunk(piece) : piece);
      },
      async finish(trailers) {
        const { connection } = await begun;
        if (trailers === undefined) await connection?.finishSending();
        else if (isChunked) await connection?.send(encoder.encode(formatEnd(trailers)));
      },
    };
  }

  /** Closes all connections. */
  close(): void {
    this.#client.close();
  }

  #encodeHead({ method, target, headers }: HttpRequest, framing: SentFraming): Uint8Array {
    const head = { method, target: targetBelow(this.upstream, target), headers, host: this.#host, framing };
    return encodeSentHead(head, this.#heads);
  }
}

function toOutgoing(
  { method }: HttpRequest,
  bytes: Uint8Array,
  onInterim: InterimListener | undefined,
): OutgoingRequest {
  return { method, bytes, isRepeatable: IDEMPOTENT.has(method), onInterim };
}

/**
 * Whether Host must be the server's name: that is so for a server with a name. A server on this machine or at
 * an address gets the Host that the client sent, so that signatures over the URL stay right.
 */
function isNamed({ hostname }: UpstreamUrl): boolean {
  return !/^(localhost|.*\.localhost|[0-9.]+|.*:.*)$/.test(hostname);
}

function toChunk(piece: Uint8Array): Uint8Array {
  return joinBytes([encoder.encode(`${piece.length.toString(16)}\r\n`), piece, encoder.encode("\r\n")]);
}

function formatEnd(trailers: HttpHeaders): string {
  return LAST_CHUNK + [...trailers].map(([name, value]) => `${name}: ${value}\r\n`).join("") + "\r\n";
}
