// Makes the response to a recorded request: by a rule, or the default one.

import type { RequestContext } from "../../../backend/handler.ts";
import type { Clock } from "../../../base/clock.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { overrideFields } from "../../../http/override_fields.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";
import type { Connection } from "../../../net/connection.ts";
import { plainAnswer, TEXT_TYPE } from "../records/plain_answer.ts";
import type { GivenAnswer } from "../records/request_record.ts";
import type { RequestStore } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import type { MicroClock } from "../records/micro_clock.ts";
import { corsFields } from "../rules/cors.ts";
import { type ChosenResponse, PLAIN_RESPONSE } from "../rules/response_rule.ts";
import type { RuleEngine } from "../rules/rule_engine.ts";
import { RuleRequest, type RuleRequestParts } from "../rules/rule_request.ts";
import { encodeResponse } from "./encoded_response.ts";
import { SentResponse } from "./sent_response.ts";
import { planWireFault } from "./wire_plan.ts";
import { createWireBody } from "./wire_sender.ts";

/** Parts of a {@linkcode Responder}. */
export interface ResponderOptions {
  /** The rules. */
  readonly engine: RuleEngine;
  /** Whether pages of all origins may read the responses. */
  readonly allowsAllOrigins: boolean;
  /** Called when the response to a request is known. */
  readonly store: Pick<RequestStore, "change">;
  /** For waiting. */
  readonly clock: Clock;
  /** The clock of the bytes. */
  readonly now: MicroClock;
  /** Aborted when the server stops: then all waits end. */
  readonly stopping: AbortSignal;
  /** How many bytes of a response are kept. */
  readonly maxKeptBytes: number;
}

/** The response to send. */
export interface ResponsePlan {
  /** The response chosen by the rules. */
  readonly chosen: ChosenResponse;
  /** The same response as plain data. */
  readonly answer: GivenAnswer;
}

/** The client that gets a response. */
export interface RespondedClient {
  /** Its request. */
  readonly request: HttpRequest;
  /** The context of the request. */
  readonly context: Pick<RequestContext, "signal">;
  /** Its connection. */
  readonly connection: Pick<Connection, "reset" | "close">;
}

/** Makes responses. */
export class Responder {
  readonly #options: ResponderOptions;

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  /** Whether there are any rules. */
  get hasRules(): boolean {
    return !this.#options.engine.isEmpty;
  }

  /** Chooses the response to a request by the rules. */
  choose(parts: RuleRequestParts): ChosenResponse {
    return this.#options.engine.choose(new RuleRequest(parts));
  }

  /** The fields of every response; fields of a rule or of another server take precedence. */
  sharedFields(request: HttpRequest): readonly HeaderField[] {
    return this.#options.allowsAllOrigins ? corsFields(request) : [];
  }

  /** Whether a response is {@linkcode plainAnswer}. */
  isPlain(chosen: ChosenResponse): boolean {
    return chosen === PLAIN_RESPONSE && !this.#options.allowsAllOrigins;
  }

  /** The response as plain data. @param id of the request */
  describe(id: string, chosen: ChosenResponse, request: HttpRequest): GivenAnswer {
    if (this.isPlain(chosen)) return plainAnswer(id);
    const { status, headers, body } = chosen;
    const fields = overrideFields([TEXT_TYPE, ...this.sharedFields(request)], headers);
    return {
      status,
      headers: [["X-Request-Id", id], ...fields],
      body: body ?? `${id}\n`,
      ...(chosen.wire === undefined ? {} : { wire: chosen.wire.kind }),
    };
  }

  /** Makes the response. A response of a rule is kept with the request, byte for byte. */
  respond(
    stored: StoredRequest,
    { chosen, answer }: ResponsePlan,
    client: RespondedClient,
  ): MaybePromise<HttpResponse> {
    const { request } = client;
    const { status, headers, body } = answer;
    const response = createResponse(status, body, headers);
    if (chosen.source === undefined) return response;
    const scripted = (): HttpResponse =>
      chosen.wire === undefined
        ? this.#keep(stored, request, response)
        : this.#break(stored, { chosen, answer }, client);
    return chosen.delayMs === 0 ? scripted() : this.delay(chosen.delayMs).then(scripted);
  }

  /** A response whose bytes are kept before they are sent. */
  #keep(stored: StoredRequest, request: HttpRequest, response: HttpResponse): HttpResponse {
    const { store } = this.#options;
    const sent = this.#createSent(request);
    return {
      ...response,
      body: {
        kind: "wire",
        send: async (writer, options) => {
          const encoded = await encodeResponse(request, response, options);
          sent.add(encoded.bytes);
          stored.setResponse(sent.toStored(response.status));
          store.change(stored);
          writer.addBytes(encoded.bytes);
          if (writer.backlog !== undefined) await writer.flush();
          return encoded.persistence;
        },
      },
    };
  }

  #break(
    stored: StoredRequest,
    { chosen, answer }: ResponsePlan,
    client: RespondedClient,
  ): HttpResponse {
    const { request, context, connection } = client;
    const { clock, store, stopping } = this.#options;
    const { status, headers, body } = answer;
    const sent = this.#createSent(request);
    const steps = planWireFault(chosen.wire!, {
      method: request.method,
      status,
      headers,
      content: new TextEncoder().encode(body),
      nowMs: clock.nowMs(),
    });
    const wire = createWireBody(steps, {
      clock,
      signal: AbortSignal.any([context.signal, stopping]),
      connection,
      onSent: (bytes) => sent.add(bytes),
      onEnd: () => {
        stored.setResponse(sent.toStored(status));
        store.change(stored);
      },
    });
    return createResponse(status, wire, headers);
  }

  #createSent({ method }: HttpRequest): SentResponse {
    const { now, maxKeptBytes } = this.#options;
    return new SentResponse({ method, now, maxKeptBytes });
  }

  /** Waits for a time, or until the server stops. */
  delay(delayMs: number): Promise<void> {
    const { clock, stopping } = this.#options;
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        stopping.removeEventListener("abort", end);
        resolve();
      };
      const stop = clock.after(delayMs, end);
      stopping.addEventListener("abort", end, { once: true });
    });
  }
}
