import type { Handler } from "../../src/backend/handler.ts";
import { HttpHeaders } from "../../src/http/headers.ts";
import type { HttpRequest } from "../../src/http/request/request.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { createResponse, type HttpResponse, textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { bytesOf, textOf } from "./latin1.ts";
import { connectRaw, type RawClient } from "./loopback.ts";
import { parseResponses, type ReceivedResponse } from "./responses.ts";

/** A place to ask {@linkcode echo}: in this process, or in another runtime. */
export interface EchoServer {
  /** Runs a client against a server with these options; both are closed in the end. */
  withClient<T>(options: ServeOptions, use: (client: RawClient) => Promise<T>): Promise<T>;
}

/** An echo server in this process, a new one for each client. */
export const LOCAL_ECHO: EchoServer = { withClient };

/** Sends text (latin1) to an echo server, then FIN; gives all responses. */
export async function ask(
  sent: string,
  options: ServeOptions = {},
  server: EchoServer = LOCAL_ECHO,
): Promise<ReceivedResponse[]> {
  return await server.withClient(options, (client) => finish(client, sent));
}

/** Sends text (latin1) as the last of a connection, then FIN; gives all responses. */
export async function finish(client: RawClient, sent: string): Promise<ReceivedResponse[]> {
  await client.send(bytesOf(sent));
  await client.end();
  return parseResponses(await client.readAll(), methodsOf(sent));
}

/** Runs a client against an echo server of its own; both are closed in the end. */
export async function withClient<T>(
  options: ServeOptions,
  use: (client: RawClient) => Promise<T>,
): Promise<T> {
  const listener = await listen({ port: 0 });
  const server = serve(listener, echo, { lingerTimeoutMs: 500, ...options });
  const client = await connectRaw(server.address.port);
  try {
    return await use(client);
  } finally {
    client.close();
    await server.shutdown();
  }
}

/** The methods of the requests in a text of the client. */
export function methodsOf(sent: string): string[] {
  return Array.from(
    sent.matchAll(/(?:^|\n|[a-z0-9])([A-Z-]+) [^ \r\n]+ HTTP\/[0-9]/g),
    ([, method]) => method!,
  );
}

/**
 * Responds with method, path and content. The query sets fields of the response: `?Name=value`, percent-encoded.
 *
 * `/status/N` has that status, `/stream` comes in two pieces, `/unread` does not read the content, `/names` gives the
 * names of the fields instead, `/throw` fails, `/break` fails in the middle of its response.
 */
export const echo: Handler = async (request) => {
  const { method, path } = request;
  if (path === "/throw") throw new Error("the handler failed");
  if (path === "/unread") return respond(request, 200, `${method} ${path} `);
  const content = textOf(await readWhole(request.body));
  const names = Array.from(request.headers, ([name]) => name).join(",");
  const text = path === "/names" ? names : `${method} ${path} ${content}`;
  const status = /^\/status\/([0-9]{3})$/.exec(path)?.[1];
  return respond(request, Number(status ?? 200), text);
};

function respond(request: HttpRequest, status: number, text: string): HttpResponse {
  const fields = fieldsOf(request.query);
  switch (request.path) {
    case "/stream":
      return createResponse(status, ReadableStream.from([bytesOf(text), bytesOf("!")]), fields);
    case "/break":
      return createResponse(status, breakOff(text), fields);
    default:
      return textResponse(status, text, fields);
  }
}

function fieldsOf(query: string): HttpHeaders {
  const headers = new HttpHeaders();
  for (const pair of query.split("&").filter((part) => part !== "")) {
    const [name = "", value = ""] = pair.split("=").map(decodeURIComponent);
    headers.append(name, value);
  }
  return headers;
}

async function* breakOff(text: string): AsyncGenerator<Uint8Array> {
  yield bytesOf(text);
  throw new Error("the content broke off");
}
