import type { Handler, RequestContext } from "../../src/backend/handler.ts";
import { HttpError } from "../../src/http/errors.ts";
import type { HttpRequest } from "../../src/http/request/request.ts";
import { createResponse, type HttpResponse, textResponse } from "../../src/http/response/response.ts";
import { bytesOf, textOf } from "../support/latin1.ts";
import {
  type HandlerPlan,
  type HandlerWait,
  respondedContentOf,
  type Script,
  sentContentOf,
} from "./script.ts";

/** A request as a handler saw it. */
export interface HandledRequest {
  readonly name: string;
  /** Undefined unless the handler asked for it. */
  readonly signal: AbortSignal | undefined;
  /** Whether it has given its response, apart from streamed content. */
  hasResponded: boolean;
}

/** The application of a script: it treats each request as its plan says, and checks what it is given. */
export class PlannedHandler {
  /** The requests so far, in the order of their arrival. */
  readonly handled: HandledRequest[] = [];
  /** Violations: things that no application may be given. */
  readonly breaches: string[] = [];
  readonly #script: Script;
  readonly #gates = new Map<number, { readonly promise: Promise<void>; readonly open: () => void }>();

  constructor(script: Script) {
    this.#script = script;
  }

  /** Lets everything that waits at a gate go on, now and later. */
  openGate(gate: number): void {
    this.#gate(gate).open();
  }

  /** Opens all gates. */
  openGates(): void {
    for (let gate = 0; gate < 3; gate++) this.openGate(gate);
  }

  readonly handle: Handler = (request, context) => {
    const name = request.target.slice(1);
    const [, connection, index] = /^c(\d+)r(\d+)$/.exec(name) ?? [];
    const planned = this.#script.connections[Number(connection)]?.requests[Number(index)];
    if (planned === undefined) {
      this.breaches.push(`a request that was not sent: ${request.target}`);
      return textResponse(404, "");
    }
    if (this.handled.some((other) => other.name === name)) this.breaches.push(`${name} is handled twice`);
    const plan = planned.handler;
    const handled = { name, signal: plan.asksForSignal ? context.signal : undefined, hasResponded: false };
    this.handled.push(handled);
    if (plan.content === "none" && plan.wait.kind === "nothing") {
      handled.hasResponded = true;
      return respond(plan, name);
    }
    return this.#handleLater(request, context, handled, plan, sentContentOf(planned, name));
  };

  async #handleLater(
    request: HttpRequest,
    _context: RequestContext,
    handled: HandledRequest,
    plan: HandlerPlan,
    sent: string,
  ): Promise<HttpResponse> {
    try {
      await this.#useContent(request, handled.name, plan, sent);
      await this.#wait(plan.wait);
      return respond(plan, handled.name);
    } finally {
      handled.hasResponded = true;
    }
  }

  async #wait(wait: HandlerWait): Promise<void> {
    if (wait.kind === "gate") await this.#gate(wait.gate).promise;
    if (wait.kind === "for-ever") await new Promise<never>(() => {});
    if (wait.kind !== "hops") return;
    for (let hop = 0; hop < wait.hops; hop++) await null;
  }

  async #useContent(
    { body }: HttpRequest,
    name: string,
    { content }: HandlerPlan,
    sent: string,
  ): Promise<void> {
    if (content === "none") return;
    if (content === "left") return void body.read().catch(() => {});
    let text = "";
    try {
      for (let piece = await body.read(); piece !== null; piece = await body.read()) {
        text += textOf(piece);
        body.keep?.(piece.length);
        if (content === "piece") break;
      }
    } finally {
      if (!sent.startsWith(text)) this.breaches.push(`${name} gets content that was not sent`);
    }
    if (content === "all" && text !== sent) this.breaches.push(`${name} gets its content in part`);
  }

  #gate(gate: number): { readonly promise: Promise<void>; readonly open: () => void } {
    let found = this.#gates.get(gate);
    if (found === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      found = { promise, open: resolve };
      this.#gates.set(gate, found);
    }
    return found;
  }
}

function respond({ result }: HandlerPlan, name: string): HttpResponse {
  const text = respondedContentOf(result, name);
  switch (result.kind) {
    case "throws":
      throw new Error(`${name} fails`);
    case "refuses":
      throw new HttpError(403, `${name} is refused`);
    case "text":
      return createResponse(200, text, [["X-Request", name]]);
    case "stream": {
      const promised = result.end === "short" ? text.length + 1 : text.length;
      const length = result.promisesLength ? [["Content-Length", `${promised}`] as const] : [];
      return createResponse(200, streamOf(result, text), [["X-Request", name], ...length]);
    }
  }
}

async function* streamOf(
  { pieces, hops, end }: Extract<HandlerPlan["result"], { kind: "stream" }>,
  text: string,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of pieces) {
    for (let hop = 0; hop < hops; hop++) await null;
    yield bytesOf(text.slice(at, at += size));
  }
  if (end === "throws") throw new Error("the content fails");
  if (end === "never") await new Promise<never>(() => {});
}
