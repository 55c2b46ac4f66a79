import { assert, assertEquals } from "@std/assert";
import { HttpError } from "../../src/http/errors.ts";
import { readUpTo } from "../../src/http/request/request_body.ts";
import { FakeSource, ReadingReader } from "../support/fake_source.ts";
import { textOf } from "../support/latin1.ts";
import { splitAtRandom } from "../support/splits.ts";
import { makeInput, ROWS } from "./inputs.ts";
import type { FuzzTarget } from "./target.ts";

const SPLITS = 4;

/** RequestReader: every split gives the same requests, raw heads are as sent, and every failure is an HttpError. */
export const REQUESTS: FuzzTarget = {
  name: "requests",
  seeds: ROWS,
  make: makeInput,
  check: async (input, random) => {
    const text = textOf(input);
    const whole = await readConnection([input], text);
    for (const split of splitAtRandom(input, random, SPLITS)) {
      assertEquals(await readConnection(split.pieces, text), whole, split.name);
    }
    return `${whole.length} requests`;
  },
};

/** The requests of a connection as a server reads them: each with its raw head, content, trailers and refusal. */
async function readConnection(pieces: readonly Uint8Array[], text: string): Promise<unknown[]> {
  const source = new FakeSource(pieces.map(textOf).filter((piece) => piece !== ""));
  const reader = new ReadingReader(source, { keepRawHead: true, maxBodyBytes: 40 });
  const seen: unknown[] = [];
  for (;;) {
    const request = await reader.read();
    if (request === null) break;
    const { method, target, version, headers, rawHead, body } = request;
    const { bytes, error } = await readUpTo(body, Infinity);
    assert(error === undefined || error instanceof HttpError, `${error}`);
    assert(text.includes(rawHead), `a raw head that was not sent: ${JSON.stringify(rawHead)}`);
    const { code, status, offset } = request.refusal ?? {};
    // After a fault the raw head reaches as far as the reader got, which depends on the split.
    const head = code === undefined ? rawHead : "";
    const fault = [code, status, offset];
    seen.push([method, target, version, ...headers, head, textOf(bytes), ...body.trailers, ...fault]);
    if (code !== undefined) break;
  }
  return seen;
}
