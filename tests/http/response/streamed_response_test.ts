import { assertRejects } from "@std/assert";
import { BufferPool } from "../../../src/bytes/buffer_pool.ts";
import { ResponseWriter } from "../../../src/http/response/response_writer.ts";
import { writeStream } from "../../../src/http/response/streamed_response.ts";
import { FakeSink } from "../../support/sent_response.ts";

async function* texts(): AsyncGenerator<Uint8Array> {
  yield "text" as unknown as Uint8Array;
}

Deno.test("writeStream() refuses a piece that is no Uint8Array", async () => {
  const writer = new ResponseWriter(new FakeSink(), new BufferPool());
  await assertRejects(
    () => writeStream(writer, texts(), { kind: "chunked" }),
    TypeError,
    "a piece is no Uint8Array",
  );
});
