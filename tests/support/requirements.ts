import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serve.ts";
import type { ServeOptions } from "../../src/serve_options.ts";
import { answer } from "./answering.ts";
import { bytesOf } from "./latin1.ts";
import { connectRaw, type RawClient } from "./loopback.ts";
import { fieldOf, parseResponses, type ReceivedResponse } from "./responses.ts";

/**
 * A requirement that binds an origin server, what a client sends, and the answers.
 *
 * An answer stands as status, Connection and, where it is 200, content: `200 keep-alive "GET / "`. The server of these
 * tests is {@linkcode answer}.
 */
export type Requirement = readonly [
  section: string,
  level: "MUST" | "MUST NOT" | "SHOULD" | "MAY",
  claim: string,
  sent: string,
  answers: readonly string[],
];

/** Opens a connection to a server of {@linkcode answer}, with these options; the caller closes it. */
export type ConnectAnswering = (options: ServeOptions) => Promise<RawClient>;

/** What the conformance tests talk to, in this process or in another runtime. */
export class AnsweringServer {
  readonly #connect: ConnectAnswering;

  /** @param connect how to reach a server with the wanted options */
  constructor(connect: ConnectAnswering) {
    this.#connect = connect;
  }

  /** Gives a client to use; it is closed in the end. */
  async withClient<T>(options: ServeOptions, use: (client: RawClient) => Promise<T>): Promise<T> {
    const client = await this.#connect(options);
    try {
      return await use(client);
    } finally {
      client.close();
    }
  }

  /** Sends text (latin1) on a connection of its own, then FIN; gives all answers. */
  async ask(sent: string, options: ServeOptions = {}): Promise<ReceivedResponse[]> {
    return await this.withClient(options, async (client) => {
      await client.send(bytesOf(sent));
      await client.end();
      return parseResponses(await client.readAll(), methodsOf(sent));
    });
  }

  /** Gives the answers to what a requirement sends, in the form in which it names them. */
  async answersTo([, , , sent]: Requirement): Promise<string[]> {
    return (await this.ask(sent)).map(describe);
  }
}

/** Runs a test against servers in this process, one for each client; all are stopped in the end. */
export async function withLocalServer(test: (server: AnsweringServer) => Promise<void>): Promise<void> {
  const stops: (() => Promise<void>)[] = [];
  const connect: ConnectAnswering = async (options) => {
    const server = serve(await listen({ port: 0 }), answer, { lingerTimeoutMs: 500, ...options });
    stops.push(() => server.shutdown());
    return await connectRaw(server.address.port);
  };
  try {
    await test(new AnsweringServer(connect));
  } finally {
    await Promise.all(stops.map((stop) => stop()));
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
