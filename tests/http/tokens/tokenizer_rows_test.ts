// Every row of the corpus, whole and in every split.

import { assert, assertEquals } from "@std/assert";
import { bytesOf } from "../../support/latin1.ts";
import { splitEverywhere } from "../../support/splits.ts";
import { FAST, summarize, tokenize, withoutLines } from "../../support/tokens.ts";
import { CORPUS } from "../../testdata/http/corpus.ts";

const names = new Set<string>();

for (const { title, options, rows } of CORPUS) {
  for (const [claim, sent, tokens] of rows) {
    const name = `HttpTokenizer, ${title}: ${claim}`;
    Deno.test(name, () => {
      const bytes = bytesOf(sent);
      const whole = tokenize([bytes], options);
      assertEquals(summarize(whole), tokens);
      assertEquals(tokenize([bytes], { ...options, ...FAST }), withoutLines(whole));
      for (const split of splitEverywhere(bytes)) {
        assertEquals(tokenize(split.pieces, options), whole, split.name);
      }
    });
    names.add(name);
  }
}

Deno.test("the corpus has at least 650 rows, each with a name of its own", () => {
  const count = CORPUS.reduce((sum, { rows }) => sum + rows.length, 0);
  assertEquals(names.size, count);
  assert(count >= 650, `${count} rows`);
});

Deno.test("HttpTokenizer tokens follow each other, and cover all bytes except the framing", () => {
  for (const { options, rows } of CORPUS) {
    for (const [claim, sent] of rows) {
      let offset = 0;
      for (const { kind, start, end } of tokenize([bytesOf(sent)], options)) {
        // A fault stands inside the line that would have been the next token.
        assert(start >= offset, `${claim}: ${kind} starts at ${start}, after ${offset}`);
        assert(end <= sent.length && end >= start, claim);
        offset = end;
      }
    }
  }
});
