import { assertEquals, assertRejects } from "@std/assert";
import { BufferPool, USUAL_SIZES } from "../../../src/bytes/buffer_pool.ts";
import { ResponseWriter } from "../../../src/http/response/response_writer.ts";
import {
  type PieceIterator,
  type ResponseFraming,
  writeStream,
} from "../../../src/http/response/streamed_response.ts";
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

/** Content that has all its pieces at once, and knows when it has no more. */
function readyContent(...pieces: Uint8Array[]): AsyncIterable<Uint8Array> {
  const iterator: PieceIterator = {
    get readyBytes() {
      return pieces.reduce((bytes, { length }) => bytes + length, 0);
    },
    next: () => {
      const value = pieces.shift();
      return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
    },
    takeReady: () => pieces.shift() ?? null,
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** The sizes of the writes for a head of 4 bytes and the content after it. */
async function writeSizes(content: AsyncIterable<Uint8Array>, framing: ResponseFraming): Promise<number[]> {
  const sink = new FakeSink();
  const writer = new ResponseWriter(sink, new BufferPool([...USUAL_SIZES, { bytes: 262_144, maxFree: 1 }]));
  writer.addText("head");
  await writeStream(writer, content, framing);
  await writer.flush();
  return sink.writes.map(({ length }) => length);
}

Deno.test("writeStream() joins head, ready pieces and end into one write, except large pieces", async () => {
  const small = new Uint8Array(3).fill(0x61);
  const large = new Uint8Array(20_000);
  for (
    const [pieces, framing, writes] of [
      [[small, small], { kind: "chunked" }, [4 + 16 + 5]],
      [[small, small], { kind: "length", length: 6 }, [4 + 6]],
      [[small, large, large], { kind: "length", length: 40_003 }, [4 + 3, 20_000, 20_000]],
      [[new Uint8Array(0), large], { kind: "length", length: 20_000 }, [4, 20_000]],
      [[new Uint8Array(0), small], { kind: "length", length: 3 }, [4 + 3]],
    ] as const
  ) {
    assertEquals(await writeSizes(readyContent(...pieces), framing), writes);
  }
});

Deno.test("writeStream() joins ready pieces into one write however many they are", async () => {
  for (const count of [4, 15]) {
    const pieces = Array.from({ length: count }, () => new Uint8Array(16_384));
    const writes = await writeSizes(readyContent(...pieces), { kind: "chunked" });
    assertEquals(writes, [4 + count * (16_384 + 8) + 5]);
  }
});

Deno.test("writeStream() sends the head before content that is not ready, and each piece as it comes", async () => {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let size = 1; size <= 2; size++) yield await Promise.resolve(new Uint8Array(size));
  }
  assertEquals(await writeSizes(pieces(), { kind: "chunked" }), [4, 6, 7, 5]);
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
