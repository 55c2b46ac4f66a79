import { assertEquals } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { DEFAULT_SETTINGS } from "../../src/serving/serve_options.ts";
import { expectResponses } from "../support/expected_responses.ts";
import { startFakeServer, stopFakeServer } from "../support/fake_server.ts";
import { fieldOf, parseResponses } from "../support/responses.ts";
import { splitAtRandom } from "../support/splits.ts";
import { tokenize } from "../support/tokens.ts";
import { makeInput, ROWS } from "./inputs.ts";
import type { FuzzTarget } from "./target.ts";

const SPLITS = 3;

const sayTarget: Handler = (request) => textResponse(200, `${request.method} ${request.target}`);

const readAll: Handler = async (request, context) => {
  await readWhole(request.body);
  return await sayTarget(request, context);
};

/**
 * serve(): each message gets one response, in order and as its tokens demand, and nothing comes after a response that
 * ends the connection. It is the same for every split, whether or not the handler reads the content. When the client is
 * gone, nothing is left.
 */
export const SERVING: FuzzTarget = {
  name: "serving",
  seeds: ROWS,
  make: makeInput,
  check: async (input, random) => {
    const readsContent = !random.happens(3);
    const handler = readsContent ? readAll : sayTarget;
    const { maxBodyBytes, maxDrainBytes } = DEFAULT_SETTINGS;
    const server = readsContent ? { maxBodyBytes } : { maxBodyBytes, maxDrainBytes };
    const due = expectResponses(tokenize([input]), server);
    const methods = due.map(({ method }) => method);
    const expected = due.map(({ response }) => response);
    assertEquals(await serveAll(handler, [input], methods), expected, "whole");
    for (const { name, pieces } of splitAtRandom(input, random, SPLITS)) {
      assertEquals(await serveAll(handler, pieces, methods), expected, name);
    }
    return expected.at(-1) ?? "no response";
  },
};

/** Status and Connection of each final response to a client that sends these pieces and FIN. */
async function serveAll(
  handler: Handler,
  pieces: readonly Uint8Array[],
  methods: readonly string[],
): Promise<string[]> {
  const fake = startFakeServer(handler);
  try {
    const client = await fake.connect();
    for (const piece of pieces.filter(({ length }) => length > 0)) await client.send(piece);
    await client.end();
    assertEquals(fake.errors, []);
    assertEquals({
      isClosed: client.isClosed,
      connectionCount: fake.server.connectionCount,
      timerCount: fake.clock.timerCount,
    }, { isClosed: true, connectionCount: 0, timerCount: 0 });
    return parseResponses(client.output, methods).filter(({ status }) => status >= 200)
      .map((response) => `${response.status} ${fieldOf(response, "connection")}`);
  } finally {
    await stopFakeServer(fake);
  }
}
