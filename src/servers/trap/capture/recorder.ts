// Every request becomes a record: it is read to its end, checked, kept, and answered.

import type { RequestContext } from "../../../backend/handler.ts";
import { messageOfError } from "../../../base/error_text.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import type { Clock } from "../../../base/clock.ts";
import { HttpError } from "../../../http/errors.ts";
import { equalsIgnoringCase } from "../../../http/grammar.ts";
import type { HeaderField } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";
import { formatAddress } from "../../../net/address.ts";
import type { NetAddress } from "../../../net/connection.ts";
import { Chain, type ChainLink, type ChainTools } from "../rules/chain.ts";
import type { LogMasks } from "./log_masks.ts";
import { splitQuery } from "../records/parameters.ts";
import { checkFragment, handleRequest } from "../rules/query.ts";
import type { TrapIds } from "../records/request_ids.ts";
import type { RequestStore } from "../records/request_store.ts";
import { type AnswerStep, PLAIN_ANSWER, type ScriptedResponses } from "../rules/scripted_responses.ts";
import { type GivenAnswer, type RequestFacts, StoredRequest } from "../records/stored_request.ts";
import { TappedConnection } from "./tapped_connection.ts";
import type { WireBytes } from "../records/wire_bytes.ts";

/** Parts of a {@linkcode Recorder}. */
export interface RecorderOptions extends ChainTools {
  /** Gets every request. */
  readonly store: RequestStore;
  /** Names the requests. */
  readonly ids: TrapIds;
  /** What is answered. */
  readonly answers: ScriptedResponses;
  /** What the log does not show. */
  readonly masks: LogMasks;
  /** How much content of a request is kept, in bytes. */
  readonly maxBodyBytes: number;
  /** For waiting. */
  readonly clock: Clock;
  /** Told of failures that are no request's. */
  readonly onError: (error: unknown, remote: NetAddress) => void;
}

// Bytes behind a fault have mostly been sent together with it: they come within a round trip, or not for long.
const QUIET_MS = 25;
const MAX_DRAIN_MS = 1_000;
// So many bytes of framing are kept beside the content of a chunked body, and as many again as it has content.
const MIN_FRAMING_BYTES = 65_536;
// The log shows how content begins; all that is kept of it is with the request.
const MAX_LOGGED_CONTENT_BYTES = 1_024;

/** A request on its way. */
interface Capture {
  readonly request: HttpRequest;
  readonly context: RequestContext;
  readonly connection: TappedConnection;
  /** Offset of its first byte from the first byte of the connection. */
  readonly start: number;
  readonly chain: Chain;
  readonly trap: ChainLink;
}

/** How reading a request came to its end. */
type Outcome = Pick<RequestFacts, "end" | "malformed">;

const COMPLETE: Outcome = { end: "complete" };
const TEXT_TYPE: HeaderField = ["Content-Type", "text/plain; charset=utf-8"];

/** Records the requests of all connections of a server. */
export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * Records a request, also one that was refused, and gives its answer: 200 also where it could not be recorded.
   *
   * @throws {TypeError} when its connection is not tapped
   */
  handle(request: HttpRequest, context: RequestContext): MaybePromise<HttpResponse> {
    const { connection } = context;
    if (!(connection instanceof TappedConnection)) {
      throw new TypeError("Cannot record the request: its connection is not tapped");
    }
    connection.isRecording = true;
    const id = context.requestId ??= this.#options.ids.next(this.#options.now());
    const chain = new Chain(id, this.#options);
    const { start } = connection.tape;
    const capture = { request, context, connection, start, chain, trap: chain.enter("trap") };
    try {
      const response = this.#record(capture);
      return response instanceof Promise
        ? response.catch((error) => this.#recover(capture, error))
        : response;
    } catch (error) {
      return this.#recover(capture, error);
    }
  }

  #record(capture: Capture): MaybePromise<HttpResponse> {
    const { request, trap } = capture;
    trap.info(this.#describeArrival(capture));
    const { refusal } = request;
    if (refusal !== undefined && !isUnderstood(refusal)) return this.#finishRefused(capture, refusal);
    if (request.body.isComplete) return this.#finish(capture, COMPLETE);
    return this.#readBody(capture).then((outcome) => this.#finish(capture, outcome));
  }

  #recover({ chain, context, connection, trap }: Capture, error: unknown): HttpResponse {
    // The server needs the memory for others, and says so itself.
    if (error instanceof HttpError && error.code === "overload") {
      connection.isRecording = false;
      throw error;
    }
    this.#options.onError(error, context.remote);
    connection.isRecording = false;
    const { status, headers, body } = createAnswer(chain.id, PLAIN_ANSWER);
    trap.error(`not kept: ${messageOfError(error)}`);
    trap.info(`answered ${status}`);
    return createResponse(status, body, headers);
  }

  async #finishRefused(capture: Capture, refusal: HttpError): Promise<HttpResponse> {
    const { tape } = capture.connection;
    tape.limit(tape.pendingBytes + this.#options.maxBodyBytes);
    return this.#finish(capture, await this.#endBroken(capture, refusal));
  }

  async #readBody(capture: Capture): Promise<Outcome> {
    const { request: { body, headEnd }, connection: { tape }, start } = capture;
    const { maxBodyBytes } = this.#options;
    const headBytes = headEnd - start;
    const framingBytes = body.length === undefined ? maxBodyBytes + MIN_FRAMING_BYTES : 0;
    tape.limit(headBytes + maxBodyBytes + framingBytes);
    let isCut = false;
    try {
      for (let piece = await body.read(); piece !== null; piece = await body.read()) {
        // The tape keeps it until the request is in the store, in an array that has room for as much again.
        if (!isCut) body.keep?.(2 * piece.length);
        if (isCut || body.receivedBytes <= maxBodyBytes) continue;
        isCut = true;
        tape.limit(body.wireOffset - (body.receivedBytes - maxBodyBytes) - start);
      }
      return COMPLETE;
    } catch (error) {
      return await this.#endBroken(capture, error);
    }
  }

  /** Waits for what was sent together with a fault, and tells how the request ended. */
  async #endBroken({ request, connection, start, trap }: Capture, error: unknown): Promise<Outcome> {
    const { code, offset, message } = error instanceof HttpError
      ? error
      : { code: "incomplete", offset: undefined, message: messageOfError(error) };
    if (code === "overload") throw error;
    trap.error(this.#options.masks.message(message, request));
    if (code === "incomplete") return { end: "aborted" };
    if (code === "timeout") return { end: "timeout" };
    const malformed = { offset: (offset ?? start) - start, rule: `${code}: ${message}` };
    await connection.drain(this.#options.clock, QUIET_MS, MAX_DRAIN_MS);
    return { end: "malformed", malformed };
  }

  #finish(capture: Capture, outcome: Outcome): MaybePromise<HttpResponse> {
    const { request, connection, chain, trap } = capture;
    const { tape } = connection;
    const isComplete = outcome.end === "complete";
    const wire = isComplete ? tape.take(Math.max(request.headEnd, request.body.wireOffset)) : tape.takeAll();
    // Of a head that was refused nobody knows where it ends.
    const headBytes = isComplete || request.body.length !== 0 ? request.headEnd - capture.start : 0;
    this.#check(capture, wire, headBytes);
    const step = isComplete ? this.#options.answers.next(request) : PLAIN_ANSWER;
    const answer = createAnswer(chain.id, step);
    trap.info(describeEnd(chain, outcome, answer));
    const stored = new StoredRequest({ ...factsOf(capture), ...outcome, headBytes, answer }, wire);
    connection.last = { request: stored, wire, answeredBytes: wire.length };
    connection.isRecording = false;
    this.#options.store.add(stored);
    const response = createResponse(answer.status, answer.body, answer.headers);
    return step.delayMs === 0 ? response : this.#delay(response, step.delayMs);
  }

  /** Has the rules look at a request, as far as it has been understood. */
  #check({ request, trap }: Capture, wire: WireBytes, headBytes: number): void {
    const checked = {
      method: request.method,
      path: request.path,
      parameters: splitQuery(request.query),
      describe: () => this.#describeBytes(request, wire, headBytes),
    };
    const { refusal } = request;
    if (refusal !== undefined && isUnderstood(refusal)) {
      trap.error(this.#options.masks.message(refusal.message, request));
    }
    if (headBytes > 0) handleRequest(checked, trap);
    else checkFragment(checked, trap);
  }

  #describeBytes({ headers, body }: HttpRequest, { kept, length }: WireBytes, headBytes: number): string {
    const shown = kept.subarray(0, headBytes + MAX_LOGGED_CONTENT_BYTES);
    const more = length - shown.length;
    const shape = { headBytes, isChunked: body.length === undefined, headers };
    return this.#options.masks.request(shown, shape) + (more > 0 ? ` (and ${more} bytes more)` : "");
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
}

/** Whether a request was refused for what it asks and not for how it is written. */
function isUnderstood({ code }: HttpError): boolean {
  return code === "expectation" || code === "misdirected";
}

function factsOf({ request, context, chain }: Capture): Omit<RequestFacts, "end" | "headBytes"> {
  return {
    id: chain.id,
    remote: formatAddress(context.remote),
    local: formatAddress(context.local),
    isEncrypted: context.isEncrypted,
    method: request.method,
    target: request.target,
    version: request.method === "" ? "" : request.version,
    headers: [...request.headers],
    trailers: [...request.body.trailers],
    bodyBytes: request.body.receivedBytes,
    isChunked: request.body.length === undefined,
    chain: chain.records,
  };
}

function createAnswer(id: string, { status, headers, body }: AnswerStep): GivenAnswer {
  const hasType = headers.some(([name]) => equalsIgnoringCase(name, "content-type"));
  return {
    status,
    headers: [["X-Request-Id", id], ...hasType ? [] : [TEXT_TYPE], ...headers],
    body: body ?? `${id}\n`,
  };
}

function describeEnd(chain: Chain, outcome: Outcome, { status }: GivenAnswer): string {
  const errors = chain.records.filter(({ level }) => level === "error").length;
  const verdict = errors === 0 ? "ok" : errors === 1 ? "1 error" : `${errors} errors`;
  return `answered ${status}, ${outcome.end}, ${verdict}`;
}
