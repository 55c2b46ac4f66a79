import { assertEquals } from "@std/assert";
import { SharedPieces } from "../../../../src/servers/static/listing/shared_pieces.ts";

const ROWS = 30_000;

/** A text of many pieces, and how many rows of it were made. */
function countedText(): { readonly pieces: SharedPieces; readonly made: () => number } {
  let made = 0;
  const pieces = new SharedPieces({
    count: ROWS,
    head: "head\n",
    tail: "tail\n",
    writeRow: (into, place) => {
      made++;
      into.text(`${place}\n`);
    },
  });
  return { pieces, made: () => made };
}

const WHOLE = `head\n${Array.from({ length: ROWS }, (_, place) => `${place}\n`).join("")}tail\n`;

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of pieces) text += decoder.decode(piece, { stream: true });
  return text;
}

Deno.test("SharedPieces makes each row once for readers that keep pace", async () => {
  const { pieces, made } = countedText();
  const texts = await Promise.all([readAll(pieces), readAll(pieces), readAll(pieces)]);
  for (const text of texts) assertEquals(text, WHOLE);
  // The first piece is made twice: it was not kept, because the first reader was alone then.
  assertEquals(made() < ROWS + 1_000, true);
});

Deno.test("SharedPieces gives a reader that is far behind the same text, and keeps none for it", async () => {
  const { pieces, made } = countedText();
  const slow = pieces[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  const first = await slow.next();
  assertEquals(first.done, false);
  let text = decoder.decode(first.value ?? undefined);
  assertEquals(await readAll(pieces), WHOLE);
  for (let next = await slow.next(); next.done !== true; next = await slow.next()) {
    text += decoder.decode(next.value);
  }
  assertEquals(text, WHOLE);
  assertEquals(made() > ROWS && made() < 2 * ROWS, true);
});
