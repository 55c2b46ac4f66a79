import { assertEquals, assertRejects } from "@std/assert";
import { type BodyEnd, countBody } from "../../src/backend/counted_body.ts";

async function* piecesOf(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield await Promise.resolve(new Uint8Array(size));
}

Deno.test("countBody() passes the pieces on and reports their total at the end, once", async () => {
  const ends: BodyEnd[] = [];
  const sizes: number[] = [];
  for await (const piece of countBody(piecesOf(3, 0, 4), (end) => ends.push(end))) {
    assertEquals(ends, []);
    sizes.push(piece.length);
  }
  assertEquals(sizes, [3, 0, 4]);
  assertEquals(ends, [{ bytes: 7, errors: [] }]);
});

Deno.test("countBody() reports the error of a source that fails, and rethrows it", async () => {
  const ends: BodyEnd[] = [];
  const failure = new Error("disk gone");
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* piecesOf(5);
    throw failure;
  }
  const iterator = countBody(failing(), (end) => ends.push(end))[Symbol.asyncIterator]();
  await iterator.next();
  assertEquals(await assertRejects(() => iterator.next()), failure);
  await iterator.return?.();
  assertEquals(ends, [{ bytes: 5, errors: [failure] }]);
});

Deno.test("countBody() reports a reader that leaves early, and lets the source clean up", async () => {
  const ends: BodyEnd[] = [];
  let isCleanedUp = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* piecesOf(2, 2);
    } finally {
      isCleanedUp = true;
    }
  }
  for await (const _piece of countBody(source(), (end) => ends.push(end))) break;
  assertEquals(ends, [{ bytes: 2, errors: [] }]);
  assertEquals(isCleanedUp, true);
});

Deno.test("countBody() reports the bytes taken before the cut, also while its source gives nothing", async () => {
  const ends: BodyEnd[] = [];
  async function* stuck(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(5);
    await new Promise(() => {});
  }
  const counted = countBody(stuck(), (end) => ends.push(end));
  const iterator = counted[Symbol.asyncIterator]();
  await iterator.next();
  void iterator.next();
  counted.cut();
  counted.cut();
  assertEquals(ends, [{ bytes: 5, errors: [] }]);
});

Deno.test("countBody() reports a reader that leaves before the first piece, also if the source has no return()", async () => {
  const ends: BodyEnd[] = [];
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
  };
  const iterator = countBody(source, (end) => ends.push(end))[Symbol.asyncIterator]();
  assertEquals(await iterator.return?.(), { done: true, value: undefined });
  assertEquals(ends, [{ bytes: 0, errors: [] }]);
});
