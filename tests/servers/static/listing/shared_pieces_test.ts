import { assertEquals } from "@std/assert";
import { SharedPieces } from "../../../../src/servers/static/listing/shared_pieces.ts";

const ROWS = 30_000;

/** A text of many pieces, and how many rows of it were made. */
function countedText(
  hasRoom?: (bytes: number) => boolean,
): { readonly pieces: SharedPieces; readonly made: () => number } {
  let made = 0;
  const pieces = new SharedPieces({
    count: ROWS,
    head: "head\n",
    tail: "tail\n",
    writeRow: (into, place) => {
      made++;
      into.text(`${place}\n`);
    },
  }, hasRoom);
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
  assertEquals(made(), ROWS);
});

Deno.test("SharedPieces gives a reader that is far behind the same text, and keeps none for it", async () => {
  const { pieces, made } = countedText();
  const slow = pieces[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  const first = await slow.next();
  assertEquals(first.done, false);
  assertEquals(await readAll(pieces), WHOLE);
  // The piece is still the reader's.
  let text = decoder.decode(first.value ?? undefined);
  for (let next = await slow.next(); next.done !== true; next = await slow.next()) {
    text += decoder.decode(next.value);
  }
  assertEquals(text, WHOLE);
  assertEquals(made() > ROWS && made() < 2 * ROWS, true);
});

Deno.test("SharedPieces keeps a text for which there is room, and makes it once", async () => {
  const asked: number[] = [];
  const { pieces, made } = countedText((bytes) => {
    asked.push(bytes);
    return true;
  });
  assertEquals([await readAll(pieces), await readAll(pieces), made()], [WHOLE, WHOLE, ROWS]);
  assertEquals([asked.at(-1), asked.length], [WHOLE.length, Math.ceil(ROWS / 256)]);
});

Deno.test("SharedPieces keeps nothing of a text that turns out too long", async () => {
  let asked = 0;
  const { pieces, made } = countedText(() => ++asked < 50);
  const slow = pieces[Symbol.asyncIterator]();
  const { value } = await slow.next();
  assertEquals(await readAll(pieces), WHOLE);
  let text = new TextDecoder().decode(value ?? undefined);
  for await (const piece of { [Symbol.asyncIterator]: () => slow }) text += new TextDecoder().decode(piece);
  assertEquals([text, await readAll(pieces), asked], [WHOLE, WHOLE, 50]);
  assertEquals(made() > 2 * ROWS, true);
});
