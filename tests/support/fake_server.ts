import type { Backend, Handler } from "../../src/backend/handler.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { serve, type Server } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeConnection, FakeListener } from "./fake_connection.ts";
import { settle } from "./deadline.ts";

/** A server between a listener and a clock that the test moves by hand. */
export interface FakeServer {
  readonly clock: FakeClock;
  readonly listener: FakeListener;
  readonly server: Server;
  /** The reports to `onError`. */
  readonly errors: unknown[];
  /** A client connects. */
  connect(hostname?: string): Promise<FakeConnection>;
}

/** Starts {@linkcode serve} on a fake listener, without Date and Server, so that whole responses can be compared. */
export function startFakeServer(backend: Handler | Backend, options: ServeOptions = {}): FakeServer {
  const clock = new FakeClock();
  const listener = new FakeListener();
  const errors: unknown[] = [];
  const server = serve(listener, backend, {
    clock,
    onError: (error) => errors.push(error),
    ...options,
  });
  return {
    clock,
    listener,
    server,
    errors,
    connect: (hostname) => listener.connect(new FakeConnection(hostname)),
  };
}

/** Closes a fake server, and lets the clock run until it is. */
export async function stopFakeServer({ server, clock }: FakeServer): Promise<void> {
  const stopped = server.shutdown();
  await settle();
  await clock.advance(60_000);
  await stopped;
}

/** Responds with the target as text. */
export const echoTarget: Handler = (request) => textResponse(200, request.target);

/** The head of a request without content. */
export function get(target: string, fields: string = ""): string {
  return `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
}

/** The status codes of the responses in a text, in order. */
export function statusesOf(text: string): number[] {
  return Array.from(text.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status));
}
