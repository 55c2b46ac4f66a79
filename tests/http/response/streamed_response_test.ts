import { assertEquals, assertRejects } from "@std/assert";
import { BufferPool } from "../../../src/bytes/buffer_pool.ts";
import { ResponseWriter } from "../../../src/http/response/response_writer.ts";
import { type PieceIterator, writeStream } from "../../../src/http/response/streamed_response.ts";
import { FakeSink } from "../../support/sent_response.ts";

async function* texts(): AsyncGenerator<Uint8Array> {
  yield "text" as unknown as Uint8Array;
}

Deno.test("writeStream() refuses a piece that is not a Uint8Array", async () => {
  const writer = new ResponseWriter(new FakeSink(), new BufferPool());
  await assertRejects(
    () => writeStream(writer, texts(), { kind: "chunked" }),
    TypeError,
    "a piece is no Uint8Array",
  );
});

/** Content that has all its pieces at once. */
function readyContent(...pieces: Uint8Array[]): AsyncIterable<Uint8Array> {
  const iterator: PieceIterator = {
    get readyBytes() {
      return pieces.reduce((bytes, { length }) => bytes + length, 0);
    },
    next: () => {
      const value = pieces.shift();
      return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
    },
    takeReady: () => pieces.shift(),
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

Deno.test("writeStream() joins ready pieces into one write, except large ones", async () => {
  const small = new Uint8Array(3).fill(0x61);
  const large = new Uint8Array(20_000);
  for (
    const [pieces, framing, writes] of [
      [[small, small], { kind: "chunked" }, [16]],
      [[small, small], { kind: "length", length: 6 }, [6]],
      [[small, large, large], { kind: "length", length: 40_003 }, [3, 20_000, 20_000]],
      [[new Uint8Array(0), large], { kind: "length", length: 20_000 }, [20_000]],
      [[new Uint8Array(0), small], { kind: "length", length: 3 }, [3]],
    ] as const
  ) {
    const sink = new FakeSink();
    const writer = new ResponseWriter(sink, new BufferPool());
    await writeStream(writer, readyContent(...pieces), framing);
    assertEquals(sink.writes.map(({ length }) => length), writes);
  }
});

Deno.test("writeStream() joins ready pieces into one write however many they are", async () => {
  const sink = new FakeSink();
  const pieces = Array.from({ length: 15 }, () => new Uint8Array(16_384));
  const writer = new ResponseWriter(sink, new BufferPool([{ bytes: 262_144, maxFree: 1 }]));
  await writeStream(writer, readyContent(...pieces), { kind: "chunked" });
  assertEquals(sink.writes.map(({ length }) => length), [15 * (16_384 + 8)]);
});

Deno.test("writeStream() sends no more than promised of pieces that are ready together", async () => {
  for (const [size, length] of [[3, 4], [20_000, 30_000]] as const) {
    const sink = new FakeSink();
    const writer = new ResponseWriter(sink, new BufferPool());
    const piece = new Uint8Array(size);
    await assertRejects(
      () => writeStream(writer, readyContent(piece, piece, piece), { kind: "length", length }),
      RangeError,
    );
    assertEquals(sink.writes.reduce((sum, bytes) => sum + bytes.length, 0), length);
  }
});
