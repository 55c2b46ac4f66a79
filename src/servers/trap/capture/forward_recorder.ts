// Forwards recorded requests, and puts request and response into one record.

import { Bag, type BagItem } from "../../../base/bag.ts";
import type { Clock } from "../../../base/clock.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import { listsToken } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";
import type { RequestStore } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import type { Responder } from "../respond/responder.ts";
import type { ChainTools } from "../rules/chain.ts";
import { type ChosenResponse, PLAIN_RESPONSE } from "../rules/response_rule.ts";
import type { Exchange, InterimListener } from "../upstream/exchange.ts";
import { fieldsFor, toForwardedResponse } from "../upstream/forwarded_response.ts";
import type { Forwarder, StreamedForward } from "../upstream/forwarder.ts";
import type { Capture, ReadRequest } from "./capture.ts";
import { addEnding } from "./descriptions.ts";
import type { LogMasks } from "./log_masks.ts";

/** Parts of a {@linkcode ForwardRecorder}. */
export interface ForwardRecorderOptions extends ChainTools {
  /** Forwards requests. */
  readonly forwarder: Forwarder;
  /** Gets the requests. */
  readonly store: RequestStore;
  /** Knows the rules. */
  readonly responder: Responder;
  /** The values that the log hides. */
  readonly masks: LogMasks;
  /** For waiting. */
  readonly clock: Clock;
}

/** A request that is read, and waits for its response. */
interface Waiting extends BagItem {
  readonly stored: StoredRequest;
  isListed: boolean;
}

/** A response of the trap itself to a request that is not forwarded. */
interface Refusal {
  readonly status: number;
  readonly body: string;
}

const UPGRADE_REFUSED: Refusal = {
  status: 501,
  body: "Cannot forward the request: upgrades and tunnels are not passed on\n",
};
const CUT_REFUSED: Refusal = {
  status: 502,
  body: "Cannot forward the request: with rules only content that is wholly kept goes on\n",
};

// A request with a slow server is listed before its response has come.
const LIST_AFTER_MS = 250;

/** Forwards recorded requests, and records the responses. */
export class ForwardRecorder {
  readonly #options: ForwardRecorderOptions;
  readonly #waiting = new Bag<Waiting>();
  #stopListing: (() => void) | undefined;

  constructor(options: ForwardRecorderOptions) {
    this.#options = options;
  }

  /** Begins to forward a request while it is read; undefined if rules must see it first. */
  open(capture: Capture): StreamedForward | undefined {
    const { request } = capture;
    if (this.#options.responder.hasRules || isUpgrade(request)) return undefined;
    return this.#options.forwarder.open(request, passInterim(capture));
  }

  /** Ends a request that was forwarded while it was read. */
  finish(
    capture: Capture,
    { forward, ...read }: ReadRequest & { readonly forward: StreamedForward },
  ): Promise<HttpResponse> {
    return this.#record(capture, read, (onReady) => forward.whenReady(onReady));
  }

  /** Forwards a request that has been read. */
  respond(
    capture: Capture,
    { chosen, ...read }: ReadRequest & { readonly chosen: ChosenResponse },
  ): MaybePromise<HttpResponse> {
    const { forwarder, responder } = this.#options;
    const { stored } = read;
    if (isUpgrade(capture.request)) return this.#refuse(capture, read, UPGRADE_REFUSED);
    if (stored.wire.isCut) return this.#refuse(capture, read, CUT_REFUSED);
    const forward = (): Promise<HttpResponse> =>
      this.#record(capture, read, (onReady) => {
        forwarder.forward(capture.request, stored.body, { onReady, onInterim: passInterim(capture) });
      });
    return chosen.delayMs > 0 ? responder.delay(chosen.delayMs).then(forward) : forward();
  }

  #refuse(capture: Capture, { stored, outcome }: ReadRequest, refusal: Refusal): HttpResponse {
    const { masks, responder, store } = this.#options;
    const answer = responder.describe(stored.id, { ...PLAIN_RESPONSE, ...refusal }, capture.request);
    addEnding(capture, { status: answer.status, outcome, by: "" }, masks);
    stored.setAnswer(answer);
    store.add(stored);
    return createResponse(answer.status, answer.body, answer.headers);
  }

  /** Closes all connections. */
  close(): void {
    this.#stopListing?.();
    this.#options.forwarder.close();
  }

  #record(
    capture: Capture,
    read: ReadRequest,
    begin: (onReady: (exchange: Exchange) => void) => void,
  ): Promise<HttpResponse> {
    const waiting = this.#await(read.stored);
    return new Promise((resolve, reject) => {
      begin((exchange) => {
        try {
          resolve(this.#pass(capture, { ...read, waiting }, exchange));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Makes the response of an exchange that is ready, and records it when it has ended. */
  #pass(
    capture: Capture,
    { stored, outcome, waiting }: ReadRequest & { readonly waiting: Waiting },
    exchange: Exchange,
  ): HttpResponse {
    const { forwarder, masks, responder, store } = this.#options;
    const extra = responder.sharedFields(capture.request);
    const { response, failure } = toForwardedResponse(exchange, extra);
    const end = (): void => {
      stored.setResponse(exchange.toStored("forwarded", response.status));
      const why = failure === undefined ? "" : `, which failed: ${failure}`;
      const by = `${forwarder.upstream.href}${why}`;
      addEnding(capture, { status: response.status, outcome, by }, masks);
      this.#list(waiting);
    };
    if (exchange.end !== undefined) {
      end();
      return response;
    }
    exchange.onEnded(end);
    stored.beginResponse(response.status);
    if (waiting.isListed) store.change(stored);
    return response;
  }

  #await(stored: StoredRequest): Waiting {
    const waiting: Waiting = { stored, isListed: false, place: 0 };
    this.#waiting.add(waiting);
    this.#stopListing ??= this.#options.clock.every(LIST_AFTER_MS, () => this.#listSlow());
    return waiting;
  }

  #listSlow(): void {
    if (this.#waiting.size === 0) {
      this.#stopListing?.();
      this.#stopListing = undefined;
    }
    for (const waiting of this.#waiting) {
      if (!waiting.isListed) this.#options.store.add(waiting.stored);
      waiting.isListed = true;
    }
  }

  #list(waiting: Waiting): void {
    const { store } = this.#options;
    this.#waiting.delete(waiting);
    if (waiting.isListed) store.change(waiting.stored);
    else store.add(waiting.stored);
  }
}

/** Passes interim responses on (RFC 9110 §15.2), but no second 100 to a client that asked for one. */
function passInterim({ request, context }: Capture): InterimListener {
  return ({ status, headers }) => {
    if (status === 100 && request.headers.has("expect")) return;
    context.sendInterim?.(request, { status, headers: fieldsFor(headers, []) });
  };
}

/** Whether a client wants another protocol or a tunnel instead of a response. */
function isUpgrade({ method, headers }: HttpRequest): boolean {
  return method === "CONNECT" ||
    (headers.has("upgrade") && headers.getAll("connection").some((value) => listsToken(value, "upgrade")));
}
