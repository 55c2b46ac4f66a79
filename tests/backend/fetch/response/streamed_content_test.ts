import { assert, assertEquals, assertRejects } from "@std/assert";
import { ByteBudget } from "../../../../src/bytes/byte_budget.ts";
import { StreamedContent } from "../../../../src/backend/fetch/response/streamed_content.ts";
import type { WebPiece } from "../../../../src/backend/fetch/response/web_piece.ts";
import { streamOf } from "../../../support/fetch_server.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function contentOf(stream: ReadableStream<WebPiece>): StreamedContent {
  return new StreamedContent(stream.getReader());
}

/** The pieces that come together, as texts. */
async function takeBatch(content: StreamedContent): Promise<string[]> {
  const next = await content.next();
  const batch: string[] = [];
  for (let piece = next.value; piece; piece = content.takeReady()) {
    batch.push(decoder.decode(piece));
  }
  return batch;
}

Deno.test("StreamedContent joins pieces that are ready together, and then ends", async () => {
  const content = contentOf(streamOf("a", encoder.encode("b"), "c"));
  assertEquals(await takeBatch(content), ["a", "b", "c"]);
  assertEquals(await content.next(), { done: true, value: undefined });
});

Deno.test("StreamedContent gives a piece before the next one has come", async () => {
  const { readable, writable } = new TransformStream<string>();
  const writer = writable.getWriter();
  const content = contentOf(readable);
  for (const text of ["one", "two"]) {
    const batch = takeBatch(content);
    await writer.write(text);
    assertEquals(await batch, [text]);
  }
  const end = content.next();
  await writer.close();
  assertEquals((await end).done, true);
});

Deno.test("StreamedContent reads ahead no more than it sends in one go", async () => {
  let pulls = 0;
  const piece = new Uint8Array(16_384);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulls++;
      controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
  const content = contentOf(endless);
  assertEquals((await takeBatch(content)).length, 3);
  assertEquals((await takeBatch(content)).length, 3);
  assertEquals(pulls, 6);
  await content.return();
});

/** A stream without end, and the content made of it. */
function endlessContent(budget: ByteBudget): StreamedContent {
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void =>
    controller.enqueue(new Uint8Array(16_384));
  return new StreamedContent(new ReadableStream({ pull }, { highWaterMark: 0 }).getReader(), { budget });
}

Deno.test("StreamedContent sends more in one go while the budget allows, and gives it back at the end", async () => {
  const budget = new ByteBudget(500_000);
  const fast = endlessContent(budget);
  const other = endlessContent(budget);
  assertEquals([(await takeBatch(fast)).length, (await takeBatch(other)).length], [15, 3]);
  await fast.return();
  assertEquals((await takeBatch(other)).length, 15);
  await other.return();
  assert(budget.take(500_000));
});

Deno.test("StreamedContent tells how many bytes are ready", async () => {
  const content = contentOf(streamOf("four", "five5"));
  await content.next();
  assertEquals(content.readyBytes, 5);
  await content.return();
});

Deno.test("StreamedContent tells that no piece follows as soon as its stream does", async () => {
  const content = contentOf(streamOf("a", "b"));
  await content.next();
  assertEquals([content.takeReady() === null, content.takeReady()], [false, null]);
});

Deno.test("StreamedContent gives the pieces before a failure, and then the failure", async () => {
  const broken = contentOf(streamOf("a", 7, "b") as ReadableStream<WebPiece>);
  assertEquals(await takeBatch(broken), ["a"]);
  await assertRejects(() => broken.next(), TypeError, "got a piece of type number");
  const failing = contentOf(
    new ReadableStream({
      start: (controller) => controller.error(new RangeError("over")),
    }),
  );
  await assertRejects(() => failing.next(), RangeError, "over");
});

Deno.test("StreamedContent is cancelled at once while it waits for a piece", async () => {
  let isCancelled = false;
  const silent = contentOf(
    new ReadableStream({
      cancel: () => {
        isCancelled = true;
      },
    }),
  );
  const next = silent.next();
  await silent.return();
  assert(isCancelled);
  assertEquals((await next).done, true);
});
