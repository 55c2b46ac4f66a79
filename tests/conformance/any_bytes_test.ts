import { assert, assertEquals } from "@std/assert";
import { makeInput } from "../fuzz/inputs.ts";
import { textOf } from "../support/latin1.ts";
import { Random } from "../support/random.ts";
import { test } from "../runtimes/echo_servers.ts";
import { ask } from "../support/echo_server.ts";
import { fieldOf } from "../support/responses.ts";
import { tokenize } from "../support/tokens.ts";

const INPUTS = 120;

test("serve() responds to any bytes with whole responses, at most one error, and nothing after it (RFC 9112 §2.2, §9.6)", async (server) => {
  const failures: unknown[] = [];
  let total = 0;
  for (let seed = 0; seed < INPUTS; seed++) {
    const input = makeInput(new Random(5_000_000 + seed));
    const text = textOf(input);
    // After HEAD and CONNECT a response has no content; a malformed request does not show its method.
    if (/HEAD|CONNECT/.test(text)) continue;
    const notes = tokenize([input]);
    const responses = await ask(text, { onError: (error) => void failures.push(error) }, server);
    const heads = notes.filter(({ kind }) => kind === "head-end").length;
    const what = `seed ${seed}: ${JSON.stringify(text)}`;
    assert(notes.length === 0 || responses.length > 0, what);
    assert(responses.length <= heads + 1, what);
    for (const [index, response] of responses.entries()) {
      const isLast = index === responses.length - 1;
      assert(isLast || (response.status < 400 && fieldOf(response, "connection") === "keep-alive"), what);
      assert(response.status < 400 || fieldOf(response, "connection") === "close", what);
      assert(response.status !== 500, what);
    }
    total += responses.length;
  }
  assertEquals(failures, []);
  assert(total > INPUTS / 2, `${total} responses`);
});
