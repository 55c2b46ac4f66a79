import type { ResponseWriter } from "./response_writer.ts";

/**
 * How content is delimited: not at all, by its length in bytes, by chunks, or by the end of the connection
 * (HTTP/1.0).
 */
export type ResponseFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

/**
 * Sends streamed content after its head, each piece once the one before was taken: that is the back-pressure.
 *
 * @throws {RangeError} when there are more or fewer bytes than promised; excess bytes are not sent
 * @throws {TypeError} for a piece that is no Uint8Array
 * @throws whatever the content throws; the last chunk is not sent then, so the client sees that something is
 *   missing
 */
export async function writeStream(
  writer: ResponseWriter,
  content: AsyncIterable<Uint8Array>,
  framing: ResponseFraming,
): Promise<void> {
  const promisedBytes = framing.kind === "length" ? framing.length : Infinity;
  let sentBytes = 0;
  // The head does not wait for content that may be long in coming.
  try {
    await writer.flush();
  } catch (error) {
    await content[Symbol.asyncIterator]().return?.();
    throw error;
  }
  for await (const piece of content) {
    // Its type says so, but a web stream may hold anything.
    if (!(piece instanceof Uint8Array)) {
      throw new TypeError("Cannot send the content: a piece is no Uint8Array");
    }
    if (piece.length === 0) continue;
    const allowedBytes = promisedBytes - sentBytes;
    sentBytes += piece.length;
    if (piece.length > allowedBytes) {
      // The client gets the promised bytes before the connection is cut.
      await writer.writeThrough(piece.subarray(0, allowedBytes));
      throw wrongLength(promisedBytes, "more");
    }
    if (framing.kind === "chunked") await writeChunk(writer, piece);
    else await writer.writeThrough(piece);
  }
  if (framing.kind === "length" && sentBytes < promisedBytes) {
    throw wrongLength(promisedBytes, `${sentBytes}`);
  }
  if (framing.kind === "chunked") writer.addText("0\r\n\r\n");
}

async function writeChunk(writer: ResponseWriter, piece: Uint8Array): Promise<void> {
  writer.addText(piece.length.toString(16) + "\r\n");
  writer.addBytes(piece);
  writer.addText("\r\n");
  await writer.flush();
}

function wrongLength(promised: number, got: string): RangeError {
  return new RangeError(`Cannot send the content: promised ${promised} bytes, got ${got}`);
}
