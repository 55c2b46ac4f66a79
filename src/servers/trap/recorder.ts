// Every request becomes a record: it is read to its end, checked, kept, and answered.

import type { RequestContext } from "../../backend/handler.ts";
import { messageOfError } from "../../backend/middleware/error_text.ts";
import type { MaybePromise } from "../../bytes/maybe_promise.ts";
import type { Clock } from "../../clock.ts";
import { HttpError } from "../../http/errors.ts";
import type { HttpRequest } from "../../http/request.ts";
import { createResponse, type HttpResponse } from "../../http/response.ts";
import { decodeLatin1 } from "../../http/text_window.ts";
import { formatAddress } from "../../log/address.ts";
import type { AccessLog } from "../../log/open_logs.ts";
import { Chain, type ChainLink, type ChainTools } from "./chain.ts";
import type { LogMasks } from "./log_masks.ts";
import { splitQuery } from "./parameters.ts";
import { checkFragment, handleRequest } from "./query.ts";
import type { TrapIds } from "./request_ids.ts";
import type { RequestStore } from "./request_store.ts";
import type { AnswerStep, ScriptedAnswers } from "./scripted_answers.ts";
import { type GivenAnswer, type Malformation, type RequestEnd, StoredRequest } from "./stored_request.ts";
import { TappedConnection } from "./tapped_connection.ts";

/** Parts of a {@linkcode Recorder}. */
export interface RecorderOptions extends ChainTools {
  /** Gets every request. */
  readonly store: RequestStore;
  /** Names the requests. */
  readonly ids: TrapIds;
  /** What is answered. */
  readonly answers: ScriptedAnswers;
  /** What the log does not show. */
  readonly masks: LogMasks;
  /** How much content of a request is kept, in bytes. */
  readonly maxBodyBytes: number;
  /** For waiting. */
  readonly clock: Clock;
  /** Gets an entry for each answer; undefined when it is off. */
  readonly access: AccessLog | undefined;
}

// Bytes behind a fault have mostly been sent together with it: they come within a round trip, or not for long.
const QUIET_MS = 25;
const MAX_DRAIN_MS = 1_000;
// So many bytes of framing are kept beside the content of a chunked body, and as many again as it has content.
const MIN_FRAMING_BYTES = 65_536;

/** A request on its way. */
interface Capture {
  readonly request: HttpRequest;
  readonly context: RequestContext;
  readonly connection: TappedConnection;
  readonly chain: Chain;
  readonly trap: ChainLink;
}

/** How reading a request came to its end. */
interface Outcome {
  readonly end: RequestEnd;
  readonly malformed?: Malformation;
}

const COMPLETE: Outcome = { end: "complete" };

/** Records the requests of all connections of a server. */
export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Records a request, also one that was refused, and gives its answer. Never throws. */
  handle(request: HttpRequest, context: RequestContext): MaybePromise<HttpResponse> {
    const { connection } = context;
    if (!(connection instanceof TappedConnection)) {
      throw new TypeError("Cannot record the request: its connection is not tapped");
    }
    connection.isRecording = true;
    const id = this.#options.ids.next(this.#options.now());
    context.requestId = id;
    const chain = new Chain(id, this.#options);
    const capture = { request, context, connection, chain, trap: chain.enter("trap") };
    capture.trap.info(this.#describeArrival(capture));
    const { refusal } = request;
    if (refusal !== undefined && refusal.code !== "expectation") return this.#finishRefused(capture, refusal);
    if (request.body.isComplete) return this.#finish(capture, COMPLETE);
    return this.#readBody(capture).then((outcome) => this.#finish(capture, outcome));
  }

  async #finishRefused(capture: Capture, refusal: HttpError): Promise<HttpResponse> {
    const { tape } = capture.connection;
    tape.limit(tape.pendingBytes + this.#options.maxBodyBytes);
    return this.#finish(capture, await this.#endBroken(capture, refusal));
  }

  async #readBody(capture: Capture): Promise<Outcome> {
    const { request: { body, headEnd }, connection: { tape } } = capture;
    const { maxBodyBytes } = this.#options;
    const headBytes = headEnd - tape.start;
    const framingBytes = body.length === undefined ? maxBodyBytes + MIN_FRAMING_BYTES : 0;
    tape.limit(headBytes + maxBodyBytes + framingBytes);
    let isCut = false;
    try {
      while (await body.read() !== null) {
        if (isCut || body.receivedBytes <= maxBodyBytes) continue;
        isCut = true;
        tape.limit(body.wireOffset - (body.receivedBytes - maxBodyBytes) - tape.start);
      }
      return COMPLETE;
    } catch (error) {
      return await this.#endBroken(capture, error);
    }
  }

  /** Waits for what was sent together with a fault, and tells how the request ended. */
  async #endBroken({ connection, trap }: Capture, error: unknown): Promise<Outcome> {
    const { code, offset, message } = error instanceof HttpError
      ? error
      : { code: "incomplete", offset: undefined, message: messageOfError(error) };
    trap.error(message);
    if (code === "incomplete") return { end: "aborted" };
    if (code === "timeout") return { end: "timeout" };
    const { tape } = connection;
    const malformed = {
      offset: Math.max(0, (offset ?? tape.start) - tape.start),
      rule: `${code}: ${message}`,
    };
    await connection.drain(this.#options.clock, QUIET_MS, MAX_DRAIN_MS);
    return { end: "malformed", malformed };
  }

  #finish(capture: Capture, outcome: Outcome): MaybePromise<HttpResponse> {
    const { request, context, connection, chain, trap } = capture;
    const { tape } = connection;
    const headBytes = Math.max(0, request.headEnd - tape.start);
    const end = Math.max(request.headEnd, request.body.wireOffset);
    const isComplete = outcome.end === "complete";
    const wire = isComplete ? tape.take(end) : tape.takeAll();
    const isHeadWhole = isComplete || request.body.length !== 0;
    const checked = {
      method: request.method,
      path: request.path,
      parameters: splitQuery(request.query),
      describeHead: () => this.#options.masks.head(decodeLatin1(wire.kept.subarray(0, headBytes))),
    };
    if (request.refusal?.code === "expectation") trap.error(request.refusal.message);
    if (isHeadWhole) handleRequest(checked, trap);
    else checkFragment(checked, trap);
    const step = isComplete ? this.#options.answers.next(request) : undefined;
    const answer = createAnswer(chain.id, step);
    trap.info(describeEnd(chain, outcome, answer));
    const stored = new StoredRequest({
      id: chain.id,
      remote: formatAddress(context.remote),
      local: formatAddress(context.local),
      isEncrypted: context.isEncrypted,
      method: request.method,
      target: request.target,
      version: request.method === "" ? "" : request.version,
      headers: [...request.headers],
      trailers: [...request.body.trailers],
      headBytes: isHeadWhole ? headBytes : 0,
      bodyBytes: request.body.receivedBytes,
      isChunked: request.body.length === undefined,
      chain: chain.records,
      end: outcome.end,
      ...(outcome.malformed === undefined ? {} : { malformed: outcome.malformed }),
      answer,
    }, wire);
    connection.last = { request: stored, wire, answeredBytes: wire.length };
    connection.isRecording = false;
    this.#options.store.add(stored);
    this.#logAccess(capture, answer);
    const response = createResponse(answer.status, answer.body, answer.headers);
    return step === undefined || step.delayMs === 0 ? response : this.#delay(response, step.delayMs);
  }

  #delay(response: HttpResponse, delayMs: number): Promise<HttpResponse> {
    return new Promise((resolve) => {
      const stop = this.#options.clock.every(delayMs, () => {
        stop();
        resolve(response);
      });
    });
  }

  #describeArrival({ request, context }: Capture): string {
    const from = `from ${formatAddress(context.remote)}`;
    if (request.method === "") return `received ${from}: no request line that could be read`;
    const target = this.#options.masks.target(request.target);
    const mark = target.indexOf("?");
    const parameters = mark < 0
      ? "no parameters"
      : `parameters ${target.slice(mark + 1).replaceAll("&", " ")}`;
    return `received ${request.method} ${target} ${from}, ${parameters}`;
  }

  #logAccess({ request, context, chain }: Capture, { status, body }: GivenAnswer): void {
    this.#options.access?.write({
      timeMs: context.receivedAtMs,
      id: chain.id,
      client: context.remote,
      status,
      method: request.method,
      url: request.target,
      cookies: request.cookies,
      bytes: body.length,
      durationMs: Math.max(0, this.#options.clock.nowMs() - context.receivedAtMs),
    });
  }
}

function createAnswer(id: string, step: AnswerStep | undefined): GivenAnswer {
  const own = [["X-Request-Id", id]] as const;
  const headers = step === undefined ? own : [...own, ...step.headers];
  if (step?.body !== undefined) return { status: step.status, headers, body: step.body };
  return {
    status: step?.status ?? 200,
    headers: [...headers, ["Content-Type", "text/plain; charset=utf-8"]],
    body: `${id}\n`,
  };
}

function describeEnd(chain: Chain, outcome: Outcome, { status }: GivenAnswer): string {
  const errors = chain.records.filter(({ level }) => level === "error").length;
  const verdict = errors === 0 ? "ok" : errors === 1 ? "1 error" : `${errors} errors`;
  return `answered ${status}, ${outcome.end}, ${verdict}`;
}
