// One run of the real server: only its listener, clock and connections are simulated.

import type { Handler } from "../../src/backend/handler.ts";
import { serve, type Server } from "../../src/serving/serve.ts";
import { FakeListener } from "../support/fake_connection.ts";
import { type ClientState, judge } from "./judge.ts";
import { PlannedHandler } from "./planned_handler.ts";
import { type Script, type Step, wiresOf } from "./script.ts";
import { SimulatedClock } from "./simulated_clock.ts";
import { SimulatedSocket } from "./simulated_socket.ts";

/** The result of a run. */
export interface Outcome {
  /** The violations, as sentences; empty for a good run. */
  readonly findings: readonly string[];
  /** Everything observable, step by step: the same for the same script. */
  readonly trace: readonly string[];
}

// The time that a script may pass before any deadline can come, plus two sweeps.
const HARMLESS_MS = 90;
// Longer than all time-outs of a connection one after the other.
const FOR_ALL_DEADLINES_MS = 12_000;

/** Runs a script. Never rejects because of the server. */
export async function simulate(script: Script): Promise<Outcome> {
  const run = new Run(script);
  try {
    return await run.play();
  } finally {
    run.stop();
  }
}

class Run {
  readonly #script: Script;
  readonly #clock = new SimulatedClock();
  readonly #listener = new FakeListener();
  readonly #application: PlannedHandler;
  readonly #server: Server;
  readonly #clients = new Map<number, ClientState>();
  readonly #wires: readonly string[];
  readonly #findings: string[] = [];
  readonly #trace: string[] = [];
  #passedMs = 0;
  #shutdown: Promise<void> | undefined;
  readonly #onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    this.#findings.push(`an unhandled rejection: ${event.reason}`);
  };

  constructor(script: Script) {
    this.#script = script;
    this.#application = new PlannedHandler(script);
    this.#wires = script.connections.map((plan, index) => wiresOf(plan, index).join(""));
    const handle: Handler = (request, context) => {
      this.#judgeRoom();
      return this.#application.handle(request, context);
    };
    this.#server = serve(this.#listener, handle, {
      ...script.options,
      clock: this.#clock,
      onError: (error) => this.#onError(error),
    });
    addEventListener("unhandledrejection", this.#onRejection);
  }

  stop(): void {
    removeEventListener("unhandledrejection", this.#onRejection);
  }

  async play(): Promise<Outcome> {
    for (const step of this.#script.steps) {
      await this.#do(step);
      if (step.then === "all") {
        await turns(6);
        this.#judgeHeldBytes();
      } else {
        for (let hop = 0; hop < step.then; hop++) await null;
      }
      this.#note(step);
    }
    await this.#judgeAtRest();
    await this.#end();
    return { findings: this.#findings, trace: this.#trace };
  }

  /** No response is made while unread ones fill the memory. Those up to this size are copies, and count in full. */
  #judgeRoom(): void {
    const { maxBufferedBytes = Infinity } = this.#script.options;
    const copies = this.#unreadWrites().filter((length) => length <= 16_384);
    const unread = copies.reduce((sum, length) => sum + length, 0);
    if (unread >= maxBufferedBytes) {
      this.#findings.push(`a response is made while ${unread} bytes are unread`);
    }
  }

  #unreadWrites(): number[] {
    return Array.from(this.#clients.values(), ({ socket }) => socket.unreadWrites).flat();
  }

  /** All unread bytes are held. If nothing is unread, nothing but parts of requests is held. */
  #judgeHeldBytes(): void {
    const { heldBytes } = this.#server.figures;
    const unread = this.#unreadWrites().reduce((sum, length) => sum + length, 0);
    const sent = Array.from(this.#clients.values()).reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    if (this.#script.options.maxBufferedBytes === undefined && heldBytes < unread) {
      this.#findings.push(`${unread} bytes are unread, but only ${heldBytes} are held`);
    }
    if (unread === 0 && heldBytes > sent) this.#findings.push(`${heldBytes} bytes are held for nobody`);
  }

  /** Everything that waits may go on: what has not come now is missing. */
  async #judgeAtRest(): Promise<void> {
    this.#application.openGates();
    for (const { socket } of this.#clients.values()) socket.flow();
    await turns(20);
    this.#findings.push(...judge(this.#script, this.#clients, this.#application, {
      hasWaited: this.#passedMs > HARMLESS_MS,
      hasShutDown: this.#shutdown !== undefined,
    }));
    this.#note("at rest");
  }

  /** All deadlines pass, the server stops: nothing is left. */
  async #end(): Promise<void> {
    await this.#pass(FOR_ALL_DEADLINES_MS);
    this.#note("after all deadlines");
    const waiting = this.#application.handled.filter(({ hasResponded }) => !hasResponded).length;
    // A handler that never responds may hold all of the memory; waiting for memory has no deadline.
    const hasMemory = this.#script.options.maxBufferedBytes === undefined || waiting === 0;
    if (hasMemory && this.#server.connectionCount > waiting + this.#endless()) {
      this.#findings.push("a connection has no deadline");
    }
    let isFinished = false;
    this.#shutdown ??= this.#server.shutdown();
    this.#shutdown.then(() => isFinished = true);
    await this.#pass(FOR_ALL_DEADLINES_MS);
    if (!isFinished) this.#findings.push("the server does not finish");
    if (this.#clock.timerCount > 0) this.#findings.push(`${this.#clock.timerCount} timers are left`);
    if (this.#server.connectionCount > 0) this.#findings.push("connections are left");
    const { heldBytes } = this.#server.figures;
    if (heldBytes !== 0) this.#findings.push(`${heldBytes} bytes are still held`);
    for (const [index, { socket }] of this.#clients) {
      if (!socket.isClosed) this.#findings.push(`c${index} is left open`);
      if (socket.isBusy) this.#findings.push(`c${index} has a read or a write left`);
    }
    for (const { name, signal, hasResponded } of this.#application.handled) {
      if (!hasResponded && signal?.aborted === false) {
        this.#findings.push(`${name} does not hear that it was cut`);
      }
    }
    this.#note("at the end");
  }

  /** Responses that pause for ever: a client that has taken all of their bytes may wait for more. */
  #endless(): number {
    return this.#script.connections.flatMap(({ requests }) => requests)
      .filter(({ handler }) => handler.result.kind === "stream" && handler.result.end === "never").length;
  }

  async #do(step: Step): Promise<void> {
    switch (step.kind) {
      case "connect": {
        if (this.#listener.isClosed) return;
        const socket = new SimulatedSocket(step.connection, this.#script.connections[step.connection]!);
        this.#clients.set(step.connection, { socket, sentBytes: 0, hasReset: false, hasFinished: false });
        return this.#listener.push(socket);
      }
      case "open-gate":
        return this.#application.openGate(step.gate);
      case "pass-time":
        return await this.#pass(step.ms);
      case "shutdown":
        this.#shutdown ??= this.#server.shutdown();
        return;
      default:
        this.#doOnClient(step, this.#clients.get(step.connection));
    }
  }

  #doOnClient(
    step: Extract<Step, { readonly connection: number }>,
    client: ClientState | undefined,
  ): void {
    if (client === undefined) return;
    const { socket } = client;
    switch (step.kind) {
      case "send": {
        if (client.hasFinished || client.hasReset) return;
        const start = client.sentBytes;
        client.sentBytes = Math.min(start + step.bytes, this.#wires[step.connection]!.length);
        return socket.send(this.#wires[step.connection]!.slice(start, client.sentBytes));
      }
      case "finish":
        client.hasFinished = true;
        return socket.finish();
      case "reset":
        client.hasReset = true;
        return socket.reset();
      case "stall":
        return socket.stall();
      case "take":
        return socket.take(step.bytes);
      case "flow":
        return socket.flow();
    }
  }

  async #pass(ms: number): Promise<void> {
    const untilMs = this.#clock.nowMs() + ms;
    this.#passedMs += ms;
    await turns(3);
    while (this.#clock.ringNext(untilMs)) await turns(3);
  }

  #onError(error: unknown): void {
    const isPlanned = error instanceof Error &&
      /^the content fails$|^Cannot send the content: promised/.test(error.message);
    if (!isPlanned) this.#findings.push(`the server reports: ${error}`);
  }

  #note(step: Step | string): void {
    const clients = Array.from(this.#clients, ([index, { socket }]) => {
      const { output, hasFinished, isClosed, isBusy, bufferedBytes } = socket;
      return `c${index} ${output.length} ${bufferedBytes} ${
        [hasFinished, isClosed, isBusy].map(Number).join("")
      }`;
    });
    const name = typeof step === "string" ? step : JSON.stringify(step);
    const handled = this.#application.handled.map(({ name, hasResponded }) =>
      name + (hasResponded ? "+" : "")
    );
    const left = `${this.#clock.timerCount} timers, ${this.#server.figures.heldBytes} bytes`;
    this.#trace.push(`${name}: ${clients.join(", ")}; ${handled.join(" ")}; ${left}`);
  }
}

/** Lets turns of the event loop pass, each with all of its microtasks. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
