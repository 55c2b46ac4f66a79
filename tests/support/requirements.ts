import { assertEquals } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import { readWhole } from "../../src/http/request_body.ts";
import { createResponse, textResponse } from "../../src/http/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serve.ts";
import type { ServeOptions } from "../../src/serve_options.ts";
import { bytesOf, textOf } from "./latin1.ts";
import { connectRaw, type RawClient } from "./loopback.ts";
import { fieldOf, parseResponses, type ReceivedResponse } from "./responses.ts";

/**
 * A requirement that binds an origin server, what a client sends, and the answers.
 *
 * An answer stands as status, Connection and, where it is 200, content: `200 keep-alive "GET / "`. The server of these
 * tests says method, path and content of the request; `/stream` is streamed, `/status/N` has that status.
 */
export type Requirement = readonly [
  section: string,
  level: "MUST" | "MUST NOT" | "SHOULD" | "MAY",
  claim: string,
  sent: string,
  answers: readonly string[],
];

/** Tests each requirement on a server of its own: the client sends all, then FIN, and reads to the end. */
export function testRequirements(rfc: string, requirements: readonly Requirement[]): void {
  for (const [section, level, claim, sent, answers] of requirements) {
    Deno.test(`${rfc} ${section} ${level}: ${claim}`, async () => {
      const responses = await ask(sent);
      assertEquals(responses.map(describe), answers);
    });
  }
}

/** Sends text (latin1) to a server of its own, then FIN; gives all answers. */
export async function ask(sent: string, options: ServeOptions = {}): Promise<ReceivedResponse[]> {
  return await withClient(options, async (client) => {
    await client.send(bytesOf(sent));
    await client.end();
    return parseResponses(await client.readAll(), methodsOf(sent));
  });
}

/** Runs a client against a server of its own; both are closed in the end. */
export async function withClient<T>(
  options: ServeOptions,
  use: (client: RawClient) => Promise<T>,
): Promise<T> {
  const listener = await listen({ port: 0 });
  const server = serve(listener, answer, { lingerTimeoutMs: 500, ...options });
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

function describe(response: ReceivedResponse): string {
  const { status, content } = response;
  const text = `${status} ${fieldOf(response, "connection") ?? "-"}`;
  return status === 200 ? `${text} ${JSON.stringify(content)}` : text;
}

const answer: Handler = async (request) => {
  const content = textOf(await readWhole(request.body));
  const text = `${request.method} ${request.path} ${content}`;
  const status = /^\/status\/([0-9]{3})$/.exec(request.path)?.[1];
  if (status !== undefined) return textResponse(Number(status), text);
  if (request.path === "/stream") {
    return createResponse(200, ReadableStream.from([bytesOf(text), bytesOf("!")]));
  }
  return textResponse(200, text);
};
