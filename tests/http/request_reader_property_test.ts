import { assert, assertEquals } from "@std/assert";
import { HttpError } from "../../src/http/errors.ts";
import { processRequest } from "../../src/http/process_request.ts";
import { readUpTo } from "../../src/http/request_body.ts";
import { RequestReader } from "../../src/http/request_reader.ts";
import { FakeSource } from "../support/fake_source.ts";
import { textOf } from "../support/latin1.ts";
import { Random } from "../support/random.ts";
import { splitAtRandom } from "../support/splits.ts";
import { makeInput } from "./fuzz_cases.ts";

const INPUTS = 600;

/** What a server sees of a connection: each request with its raw head, content, trailers and refusal. */
async function readConnection(pieces: readonly Uint8Array[], text: string): Promise<unknown[]> {
  const source = new FakeSource(pieces.map(textOf).filter((piece) => piece !== ""));
  const reader = new RequestReader(source, { keepRawHead: true, maxBodyBytes: 40 });
  const seen: unknown[] = [];
  for (;;) {
    const request = processRequest(reader) ?? await reader.read();
    if (request === null) break;
    const { method, target, version, headers, rawHead } = request;
    const { bytes, error } = await readUpTo(request.body, Infinity);
    assert(error === undefined || error instanceof HttpError, `${error}`);
    assert(text.includes(rawHead), `a raw head that nobody sent: ${JSON.stringify(rawHead)}`);
    const { code, status, offset } = request.refusal ?? {};
    // With a fault the raw head goes on as far as was read, which is where the split lies.
    const head = code === undefined ? rawHead : "";
    seen.push([
      method,
      target,
      version,
      ...headers,
      head,
      textOf(bytes),
      ...request.body.trailers,
      code,
      status,
      offset,
    ]);
    if (code !== undefined) break;
  }
  return seen;
}

Deno.test("RequestReader gives the same requests for every split of any bytes, and fails with HttpError alone", async () => {
  let contents = 0;
  for (let seed = 0; seed < INPUTS; seed++) {
    const random = new Random(9_000_000 + seed);
    const input = makeInput(random);
    const text = textOf(input);
    const whole = await readConnection([input], text);
    for (const split of splitAtRandom(input, random, 5)) {
      assertEquals(await readConnection(split.pieces, text), whole, `seed ${seed}, ${split.name}`);
    }
    contents += whole.length;
  }
  assert(contents > INPUTS, `${contents} requests`);
});
