// Checks of requirements: the bytes that a client sends to one of the servers, and the responses that are due.

import { assertEquals } from "@std/assert";
import { createClientSwitches } from "../../src/backend/client_switches.ts";
import type { FetchHandler } from "../../src/backend/fetch/fetch_handler.ts";
import type { Backend } from "../../src/backend/handler.ts";
import { SYSTEM_CLOCK } from "../../src/base/clock.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { createApp } from "../../src/servers/app/create_app.ts";
import { DEFAULT_STATIC_OPTIONS, type StaticOptions } from "../../src/servers/static/options.ts";
import { createStatic } from "../../src/servers/static/create_static.ts";
import { makeSite, TAG } from "../testdata/conformance/site.ts";
import { ask, type EchoServer, finish } from "./echo_server.ts";
import { connectRaw } from "./loopback.ts";
import type { Check } from "./requirements.ts";
import { fieldOf, type ReceivedResponse } from "./responses.ts";

/**
 * Asks the echo server.
 *
 * @param sent all that the client sends, as latin1; FIN follows
 * @param responses the due ones, see {@linkcode describe}
 */
export function echo(sent: string, ...responses: readonly string[]): Check {
  return echoWith({}, sent, ...responses);
}

/** Asks an echo server with options. */
export function echoWith(options: ServeOptions, sent: string, ...responses: readonly string[]): Check {
  const check = async (server: EchoServer): Promise<void> =>
    compare(await ask(sent, options, server), responses);
  return Object.assign(check, { runsAnywhere: true } as const);
}

/** Asks the static server, which serves the files of the site. */
export function files(sent: string, ...responses: readonly string[]): Check {
  return filesWith({}, sent, ...responses);
}

/** Asks a static server with options. {@linkcode TAG} stands for the tag of a file of the site. */
export function filesWith(
  options: Partial<StaticOptions>,
  sent: string,
  ...responses: readonly string[]
): Check {
  return async () => {
    const root = await makeSite();
    const files = createStatic({
      options: { ...DEFAULT_STATIC_OPTIONS, root, precompressed: true, ...options },
      clock: SYSTEM_CLOCK,
    });
    try {
      const [known] = await askBackend(files.backend, "HEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\n");
      // Without credentials there is no tag, and no row that asks for it.
      const fill = (text: string): string => text.replaceAll(TAG, fieldOf(known!, "etag") ?? TAG);
      compare(await askBackend(files.backend, fill(sent)), responses.map(fill));
    } finally {
      files.close();
      await Deno.remove(root, { recursive: true });
    }
  };
}

/** Asks the app. */
export function app(sent: string, ...responses: readonly string[]): Check {
  const makeBackend = (): Backend => createApp({ switches: createClientSwitches() });
  return async () => compare(await askBackend(makeBackend(), sent, { maxFirstEmptyLines: 1 }), responses);
}

/** Asks a web-standard handler that responds with method and URL. */
export function web(sent: string, ...responses: readonly string[]): Check {
  const handler: FetchHandler = { fetch: ({ method, url }) => new Response(`${method} ${url}`) };
  return async () => compare(await askBackend(handler, sent), responses);
}

async function askBackend(
  backend: Backend | FetchHandler,
  sent: string,
  options: ServeOptions = {},
): Promise<ReceivedResponse[]> {
  const server = serve(await listen({ port: 0 }), backend, { lingerTimeoutMs: 500, ...options });
  const client = await connectRaw(server.address.port);
  try {
    return await finish(client, sent);
  } finally {
    client.close();
    await server.shutdown();
  }
}

/** Compares responses with the due ones. */
export function compare(responses: readonly ReceivedResponse[], due: readonly string[]): void {
  assertEquals(responses.map((response, index) => describe(response, due[index] ?? "")), due);
}

/**
 * Describes a response in the terms of what was expected of it.
 *
 * @param expected status and Connection, and where it matters the content in JSON: `200 keep-alive "GET / "`; after
 *   bars what fields must be: `Name: value`, `Name: /pattern/`, `no Name`, and `content /pattern/`
 */
function describe(response: ReceivedResponse, expected: string): string {
  const [first = "", ...parts] = expected.split(" | ");
  const connection = fieldOf(response, "connection") ?? "-";
  const content = first.includes('"') ? ` ${JSON.stringify(response.content)}` : "";
  const actual = parts.map((part) => describePart(response, part));
  return [`${response.status} ${connection}${content}`, ...actual].join(" | ");
}

function describePart(response: ReceivedResponse, part: string): string {
  if (part.startsWith("content ")) {
    return matches(part.slice("content ".length), response.content) ? part : `content ${response.content}`;
  }
  const name = /^(?:no )?([^:]+)/.exec(part)![1]!;
  const values = response.fields.filter(([other]) => other === name.toLowerCase()).map(([, value]) => value);
  if (values.length === 0) return `no ${name}`;
  const value = values.join(", ");
  return matches(part.slice(name.length + 2), value) ? part : `${name}: ${value}`;
}

function matches(pattern: string, text: string): boolean {
  return pattern.startsWith("/") && pattern.endsWith("/") && new RegExp(pattern.slice(1, -1)).test(text);
}
