// Every request becomes a record: it is read to its end, checked, kept, and responded to.

import type { RequestContext } from "../../../backend/handler.ts";
import type { Clock } from "../../../base/clock.ts";
import { messageOfError } from "../../../base/error_text.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";
import type { NetAddress } from "../../../net/connection.ts";
import { splitQuery } from "../records/parameters.ts";
import type { TrapIds } from "../records/request_ids.ts";
import type { RequestStore } from "../store/request_store.ts";
import { StoredRequest } from "../records/stored_request.ts";
import type { WireBytes } from "../records/wire_bytes.ts";
import type { Responder } from "../respond/responder.ts";
import { Chain, type ChainTools } from "../rules/chain.ts";
import { checkFragment, handleRequest, isQueried } from "../rules/query.ts";
import { type ChosenResponse, PLAIN_RESPONSE } from "../rules/response_rule.ts";
import type { SignatureChecker } from "../signatures/signature_checker.ts";
import type { StreamedForward } from "../upstream/forwarder.ts";
import { binOf, type Capture, factsOf, type Outcome, type ReadRequest } from "./capture.ts";
import { addEnding, describeArrival, isUnderstood, markStrictLimits } from "./descriptions.ts";
import type { ForwardRecorder } from "./forward_recorder.ts";
import type { RequestCopies } from "./request_copies.ts";
import type { LogMasks } from "./log_masks.ts";
import { TappedConnection } from "./tapped_connection.ts";

/** Parts of a {@linkcode Recorder}. */
export interface RecorderOptions extends ChainTools {
  /** Gets every request. */
  readonly store: RequestStore;
  /** Names the requests. */
  readonly ids: TrapIds;
  /** Makes the trap's own responses. */
  readonly responder: Responder;
  /** Forwards requests; undefined if the trap makes all responses itself. */
  readonly forward: ForwardRecorder | undefined;
  /** Sends copies of requests to another server; undefined if none is named. */
  readonly copies: RequestCopies | undefined;
  /** Checks signatures. */
  readonly signatures: SignatureChecker;
  /** The values that the log hides. */
  readonly masks: LogMasks;
  /** How much content of a request is kept, in bytes. */
  readonly maxBodyBytes: number;
  /** Whether the rules of the exercise (method, path, parameters) are checked. */
  readonly checksRules: boolean;
  /** Whether the first segment of the path is a bin. */
  readonly hasBins: boolean;
  /** For waiting. */
  readonly clock: Clock;
  /** Called with failures outside of requests. */
  readonly onError: (error: unknown, remote: NetAddress) => void;
}

// Bytes after a fault were mostly sent together with it: they come within a round trip, or much later.
const QUIET_MS = 25;
const MAX_DRAIN_MS = 1_000;
// Bytes of framing that are kept for a chunked body, in addition to its kept content.
const MIN_FRAMING_BYTES = 65_536;
// The log shows the beginning of content; the request holds all that is kept of it.
const MAX_LOGGED_CONTENT_BYTES = 1_024;

const COMPLETE: Outcome = { end: "complete" };

/** Records the requests of all connections of a server. */
export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * Records a request, also a refused one, and makes its response: 200 even if the request could not be
   * recorded.
   *
   * @throws {TypeError} when its connection is not tapped
   */
  handle(request: HttpRequest, context: RequestContext): MaybePromise<HttpResponse> {
    const { connection } = context;
    if (!(connection instanceof TappedConnection)) {
      throw new TypeError("Cannot record the request: its connection is not tapped");
    }
    connection.isRecording = true;
    const startMicros = this.#options.now();
    const id = context.requestId ??= this.#options.ids.next(startMicros);
    const chain = new Chain(id, startMicros, this.#options);
    const capture: Capture = {
      request,
      context,
      connection,
      start: connection.tape.start,
      chain,
      trap: chain.enter("trap"),
      startMicros,
      bin: this.#options.hasBins && request.target !== "" ? binOf(request.path) : undefined,
    };
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
    trap.info(describeArrival(capture, this.#options.masks));
    const { refusal } = request;
    if (refusal !== undefined && !isUnderstood(refusal)) return this.#finishRefused(capture, refusal);
    if (request.body.isComplete) return this.#finish(capture, { outcome: COMPLETE });
    const forward = this.#options.forward?.open(capture);
    return this.#readBody(capture, forward).then((outcome) => this.#finish(capture, { outcome, forward }));
  }

  #recover({ chain, context, connection, start, trap, request }: Capture, error: unknown): HttpResponse {
    // The server needs the memory for other requests, and reports it itself: the head is kept, without
    // content.
    if (error instanceof HttpError && error.code === "overload") {
      connection.tape.limit(Math.max(0, request.headEnd - start));
      connection.isRecording = false;
      throw error;
    }
    this.#options.onError(error, context.remote);
    connection.isRecording = false;
    chain.beginStep();
    const { status, headers, body } = this.#options.responder.describe(chain.id, PLAIN_RESPONSE, request);
    trap.error(`not kept: ${messageOfError(error)}`);
    trap.info(`answered ${status}`);
    return createResponse(status, body, headers);
  }

  async #finishRefused(capture: Capture, refusal: HttpError): Promise<HttpResponse> {
    const { tape } = capture.connection;
    tape.limit(tape.pendingBytes + this.#options.maxBodyBytes);
    return this.#finish(capture, { outcome: await this.#endBroken(capture, refusal) });
  }

  async #readBody(capture: Capture, forward: StreamedForward | undefined): Promise<Outcome> {
    const { request: { body, headEnd }, connection: { tape }, start } = capture;
    const { maxBodyBytes } = this.#options;
    const headBytes = headEnd - start;
    const framingBytes = body.length === undefined ? maxBodyBytes + MIN_FRAMING_BYTES : 0;
    tape.limit(headBytes + maxBodyBytes + framingBytes);
    let isCut = false;
    try {
      for (let piece = await body.read(); piece !== null; piece = await body.read()) {
        // The tape keeps it until the request is in the store.
        if (!isCut) body.keep?.(piece.length);
        await forward?.write(piece);
        if (isCut || body.receivedBytes <= maxBodyBytes) continue;
        isCut = true;
        tape.limit(body.wireOffset - (body.receivedBytes - maxBodyBytes) - start);
      }
      await forward?.finish(body.trailers);
      return COMPLETE;
    } catch (error) {
      await forward?.finish(undefined);
      return await this.#endBroken(capture, error);
    }
  }

  /** Waits for the bytes that were sent together with a fault, and returns how the request ended. */
  async #endBroken({ request, connection, start, chain, trap }: Capture, error: unknown): Promise<Outcome> {
    const { code, offset, message } = error instanceof HttpError
      ? error
      : { code: "incomplete", offset: undefined, message: messageOfError(error) };
    if (code === "overload") throw error;
    chain.beginStep();
    trap.error(this.#options.masks.message(message, request));
    if (code === "incomplete") return { end: "aborted" };
    if (code === "timeout") return { end: "timeout" };
    const malformed = { offset: (offset ?? start) - start, rule: `${code}: ${message}` };
    await connection.drain(this.#options.clock, QUIET_MS, MAX_DRAIN_MS);
    return { end: "malformed", malformed };
  }

  #finish(
    capture: Capture,
    { outcome, forward }: { readonly outcome: Outcome; readonly forward?: StreamedForward | undefined },
  ): MaybePromise<HttpResponse> {
    const { request, connection } = capture;
    const { tape } = connection;
    const isComplete = outcome.end === "complete";
    const wire = isComplete ? tape.take(Math.max(request.headEnd, request.body.wireOffset)) : tape.takeAll();
    // The end of a refused head is unknown.
    const headBytes = isComplete || request.body.length !== 0 ? request.headEnd - capture.start : 0;
    capture.chain.beginStep();
    this.#check(capture, wire, headBytes);
    const stored = new StoredRequest(factsOf(capture, outcome, headBytes), wire);
    this.#judge(capture, stored);
    connection.last = { request: stored, wire, answeredBytes: wire.length };
    connection.isRecording = false;
    if (forward !== undefined) {
      return this.#options.forward!.finish(capture, { stored, outcome, forward });
    }
    const chosen = isComplete ? this.#choose(capture, stored) : PLAIN_RESPONSE;
    if (isComplete && !chosen.isOwnResponse && this.#options.forward !== undefined) {
      return this.#options.forward.respond(capture, { stored, outcome, chosen });
    }
    return this.#respond(capture, { stored, outcome, chosen });
  }

  /** Makes one of the trap's own responses. */
  #respond(
    capture: Capture,
    { stored, outcome, chosen }: ReadRequest & { readonly chosen: ChosenResponse },
  ): MaybePromise<HttpResponse> {
    const { store, responder, copies } = this.#options;
    const { source, fault } = chosen;
    const answer = responder.describe(stored.id, chosen, capture.request);
    if (fault !== undefined) capture.trap.error(`rule ${source?.rule} cannot respond: ${fault}`);
    const broken = answer.wire === undefined ? "" : ` (${answer.wire})`;
    const by = source === undefined ? "" : `rule ${source.rule}, step ${source.step}${broken}`;
    addEnding(capture, { status: answer.status, outcome, by }, this.#options.masks);
    if (responder.isPlain(chosen)) stored.setPlainAnswer();
    else stored.setAnswer(answer, fault !== undefined);
    store.add(stored);
    if (outcome.end === "complete") copies?.send(capture.request, stored);
    return responder.respond(stored, { chosen, answer }, capture);
  }

  #choose({ request, bin, chain }: Capture, stored: StoredRequest): ChosenResponse {
    const { responder } = this.#options;
    if (!responder.hasRules) return PLAIN_RESPONSE;
    return responder.choose({
      id: chain.id,
      method: request.method,
      target: request.target,
      path: request.path,
      bin,
      parameters: splitQuery(request.query),
      headers: [...request.headers],
      content: () => stored.body,
    });
  }

  /** Adds the objections of a strict server to a request, and the result of its signature. */
  #judge({ request, trap }: Capture, stored: StoredRequest): void {
    const marks = markStrictLimits(request, stored.facts.headBytes);
    for (const mark of marks) trap.info(mark);
    const signature = this.#options.signatures.check(stored, request.headers);
    if (marks.length > 0 || signature !== undefined) stored.judge({ marks, signature });
  }

  /** Applies the rules to a request, as far as it was understood. */
  #check({ request, trap }: Capture, wire: WireBytes, headBytes: number): void {
    const { masks, checksRules } = this.#options;
    const { refusal } = request;
    if (refusal !== undefined && isUnderstood(refusal)) trap.error(masks.message(refusal.message, request));
    const checked = {
      method: request.method,
      path: request.path,
      parameters: splitQuery(request.query),
      describe: () => this.#describeBytes(request, wire, headBytes),
    };
    if (checksRules) {
      if (headBytes > 0) handleRequest(checked, trap);
      else checkFragment(checked, trap);
    }
    if (request.body.receivedBytes > 0 && !(checksRules && isQueried(checked))) {
      trap.note(`content ${this.#describeContent(request, wire, headBytes)}`);
    }
  }

  #describeBytes({ headers, body }: HttpRequest, wire: WireBytes, headBytes: number): string {
    const shown = wire.beginning(headBytes + MAX_LOGGED_CONTENT_BYTES);
    const shape = { headBytes, isChunked: body.length === undefined, headers };
    return this.#options.masks.request(shown, shape) + describeMore(wire.length - shown.length);
  }

  #describeContent({ headers, body }: HttpRequest, wire: WireBytes, headBytes: number): string {
    const shown = wire.beginning(headBytes + MAX_LOGGED_CONTENT_BYTES);
    const shape = { headBytes, isChunked: body.length === undefined, headers };
    return this.#options.masks.content(shown, shape) + describeMore(wire.length - shown.length);
  }
}

function describeMore(bytes: number): string {
  return bytes > 0 ? ` (and ${bytes} bytes more)` : "";
}
