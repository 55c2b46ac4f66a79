import { assert, assertEquals } from "@std/assert";
import { createResponse, type HttpResponse, type ResponseBody } from "../../src/http/response/response.ts";
import { startFakeServer, stopFakeServer } from "../support/fake_server.ts";
import { fieldOf, parseResponses, type ReceivedResponse } from "../support/responses.ts";
import { Choices } from "./choices.ts";
import type { FuzzTarget } from "./target.ts";

const MAX_EXCHANGES = 4;
const STATUSES = [200, 200, 200, 204, 205, 206, 299, 304, 404, 426, 503, 599, 101, 600];
const NAMES = ["A", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Keep-Alive", "Server"];
const VALUES = ["b", "", "0", "5", "10", "5, 5", "-1", "close", "keep-alive", "chunked", "h2c", "\xe9"];
// The characters that no field may hold, in its name or in its value.
const SPLITTING = ["x\r\nInjected: y", "x\n\nInjected: y", "x\rInjected: y", "\0", "\u0100", "\u010d\u010a"];

interface Exchange {
  readonly method: string;
  readonly version: string;
  readonly connection: string;
  /** Makes the response; throws for fields that cannot go on the wire. */
  readonly respond: () => HttpResponse;
  /** The whole content; undefined if it breaks off. */
  readonly content: string | undefined;
  /** Whether all of the promised bytes come before it breaks off: then it looks whole, and nothing follows. */
  readonly looksWhole: boolean;
}

/**
 * processResponse(): whatever the handler returns, the bytes on the wire are well-formed: one response to each request
 * in order, and no field or response smuggled in by a value. A response that breaks off never looks whole.
 */
export const RESPONSES: FuzzTarget = {
  name: "responses",
  seeds: [],
  make: (random) => Uint8Array.from({ length: 8 + random.below(60) }, () => random.below(256)),
  check: async (input) => {
    const choices = new Choices(input);
    const count = 1 + choices.below(MAX_EXCHANGES);
    const exchanges = Array.from({ length: count }, () => chooseExchange(choices));
    let asked = 0;
    const fake = startFakeServer(() => exchanges[asked++]!.respond());
    const client = await fake.connect();
    await client.send(exchanges.map(requestOf).join(""));
    await client.end();
    await stopFakeServer(fake);
    const methods = exchanges.map(({ method }) => method);
    const last = exchanges[asked - 1];
    if (fake.errors.length > 0) {
      const { content, version, looksWhole } = last!;
      assertEquals(content, undefined, `${fake.errors}`);
      // An HTTP/1.0 client without a length cannot tell (RFC 9112 §6.3).
      if (version === "1.1" && !looksWhole) assertThrowsOnReading(client.output, methods.slice(0, asked));
      return "cut";
    }
    const responses = parseResponses(client.output, methods);
    assertEquals(responses.length, asked);
    for (const [index, response] of responses.entries()) checkResponse(response, exchanges[index]!);
    for (const response of responses.slice(0, -1)) assertEquals(optionsOf(response).includes("close"), false);
    assert(asked === count || optionsOf(responses.at(-1)!).includes("close"), "a request got no response");
    return `${responses.at(-1)?.status}`;
  },
};

function chooseExchange(choices: Choices): Exchange {
  const method = choices.pick(["GET", "GET", "HEAD", "POST", "OPTIONS", "CONNECT"]);
  const version = choices.pick(["1.1", "1.1", "1.0"]);
  const connection = choices.pick(["", "", "keep-alive", "close", "x"]);
  const status = choices.pick(STATUSES);
  const fields = Array.from({ length: choices.below(4) }, () => {
    const [name, value] = [choices.pick(NAMES), choices.pick(VALUES)];
    switch (choices.below(20)) {
      case 18:
        return [choices.pick(SPLITTING), value] as const;
      case 19:
        return [name, choices.pick(SPLITTING)] as const;
      default:
        return [name, value] as const;
    }
  });
  const { make, content, streamedBytes } = chooseBody(choices);
  const respond = (): HttpResponse => createResponse(status, make(), fields);
  const promised = fields.findLast(([name]) => name === "Content-Length")?.[1] ?? "";
  const isPromised = streamedBytes !== undefined && /^[0-9]+$/.test(promised);
  const isBroken = isPromised && Number(promised) !== streamedBytes;
  const looksWhole = isPromised && Number(promised) <= streamedBytes;
  return { method, version, connection, respond, content: isBroken ? undefined : content, looksWhole };
}

interface ChosenBody {
  readonly make: () => ResponseBody;
  /** Its content as latin1; undefined if it breaks off. */
  readonly content: string | undefined;
  /** How much of it comes, if it comes in pieces. */
  readonly streamedBytes?: number;
}

function chooseBody(choices: Choices): ChosenBody {
  const text = "x".repeat(choices.pick([0, 1, 5, 300, 20_000]));
  const bytes = new TextEncoder().encode(text);
  switch (choices.below(6)) {
    case 0:
      return { make: () => null, content: "" };
    case 1:
      return { make: () => text, content: text };
    case 2:
      return { make: () => bytes, content: text };
    case 3:
      return { make: () => `${text}\u20ac`, content: `${text}\xe2\x82\xac` };
    case 4: {
      const make = (): ResponseBody => streamOf([bytes, new Uint8Array(0), bytes]);
      return { make, content: text + text, streamedBytes: 2 * bytes.length };
    }
    default:
      return {
        make: () => streamOf([bytes], new Error("broken")),
        content: undefined,
        streamedBytes: bytes.length,
      };
  }
}

async function* streamOf(pieces: readonly Uint8Array[], failure?: Error): AsyncGenerator<Uint8Array> {
  yield* pieces;
  if (failure !== undefined) throw failure;
}

function requestOf({ method, version, connection }: Exchange): string {
  const target = method === "CONNECT" ? "a:1" : "/";
  const option = connection === "" ? "" : `Connection: ${connection}\r\n`;
  return `${method} ${target} HTTP/${version}\r\nHost: a\r\n${option}\r\n`;
}

function checkResponse(response: ReceivedResponse, { method, version, content }: Exchange): void {
  const { status, fields } = response;
  assertEquals(fields.filter(([name]) => name === "injected"), []);
  const coding = fieldOf(response, "transfer-encoding");
  if (version === "1.0" || status === 204) assertEquals(coding, undefined);
  if (status === 204) assertEquals(fieldOf(response, "content-length"), undefined);
  const isBare = method === "HEAD" || status === 204 || status === 205 || status === 304;
  if (isBare || (method === "CONNECT" && status < 300)) assertEquals(response.content, "");
  // A response that cannot be sent becomes an error page.
  else if (status !== 500) assertEquals(response.content, content ?? response.content);
}

function optionsOf(response: ReceivedResponse): string[] {
  return response.fields.filter(([name]) => name === "connection").flatMap(([, value]) => value.split(", "));
}

function assertThrowsOnReading(output: string, methods: readonly string[]): void {
  let responses: readonly ReceivedResponse[];
  try {
    responses = parseResponses(output, methods);
  } catch {
    return;
  }
  throw new Error(`a response that broke off looks whole: ${JSON.stringify(responses.at(-1))}`);
}
