// Every row of the corpus over a socket, in several splits, alone and with a request after it.

import { assertEquals } from "@std/assert";
import { readWhole } from "../../src/http/request/request_body.ts";
import { DEFAULT_LIMITS } from "../../src/http/limits.ts";
import { textResponse } from "../../src/http/response/response.ts";
import type { HttpTokenizerOptions } from "../../src/http/tokens/tokenizer.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import { expectResponses } from "../support/expected_responses.ts";
import { bytesOf } from "../support/latin1.ts";
import { connectRaw } from "../support/loopback.ts";
import { Random } from "../support/random.ts";
import { fieldOf, parseResponses } from "../support/responses.ts";
import { type Split, splitEverywhere } from "../support/splits.ts";
import { tokenize } from "../support/tokens.ts";
import { CORPUS } from "../testdata/http/corpus.ts";

const RANDOM_SPLITS = 4;
const SERVER = { maxBodyBytes: DEFAULT_LIMITS.maxBodyBytes };
const AFTER = "GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** Runs a test against a server that reads all content, and responds with the request's method and target. */
async function withEcho(
  options: HttpTokenizerOptions,
  test: (port: number) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const listener = await listen({ port: 0 });
  const server = serve(listener, async (request) => {
    await readWhole(request.body);
    return textResponse(200, `${request.method} ${request.target}`);
  }, { ...options, onError: (error) => void failures.push(error) });
  try {
    await test(server.address.port);
  } finally {
    await server.shutdown();
  }
  assertEquals(failures, []);
}

/** Sends pieces one by one, then FIN; gives each final response as status and Connection. */
async function exchange(port: number, { pieces }: Split, methods: readonly string[]): Promise<string[]> {
  const client = await connectRaw(port);
  try {
    for (const piece of pieces) await client.send(piece);
    await client.end();
    return parseResponses(await client.readAll(), methods)
      .filter(({ status }) => status >= 200)
      .map((response) => `${response.status} ${fieldOf(response, "connection")}`);
  } finally {
    client.close();
  }
}

/** Whole, byte by byte, and a sample of all other splits. */
function chooseSplits(bytes: Uint8Array<ArrayBuffer>, random: Random): Split[] {
  const all = [...splitEverywhere(bytes, random.below(1e9))];
  return [...all.slice(0, 2), ...Array.from({ length: RANDOM_SPLITS }, () => random.pick(all))];
}

for (const { title, options = {}, rows } of CORPUS) {
  Deno.test(`serve() responds to each row as its tokens demand, in every split: ${title}`, async () => {
    const random = new Random(rows.length);
    await withEcho(options, async (port) => {
      for (const [claim, sent] of rows) {
        const due = expectResponses(tokenize([bytesOf(sent)], options), SERVER);
        for (const split of chooseSplits(bytesOf(sent), random)) {
          const responses = await exchange(port, split, due.map(({ method }) => method));
          assertEquals(responses, due.map(({ response }) => response), `${claim}, ${split.name}`);
        }
      }
    });
  });

  Deno.test(`serve() responds once to a refused message, and reads nothing after it (RFC 9112 §11.2): ${title}`, async () => {
    await withEcho(options, async (port) => {
      for (const [claim, sent] of rows) {
        const bytes = bytesOf(sent + AFTER);
        const due = expectResponses(tokenize([bytes], options), SERVER);
        const responses = await exchange(
          port,
          { name: "whole", pieces: [bytes] },
          due.map(({ method }) => method),
        );
        assertEquals(responses, due.map(({ response }) => response), claim);
        assertEquals(responses.slice(0, -1).filter((response) => response !== "200 keep-alive"), [], claim);
      }
    });
  });
}
