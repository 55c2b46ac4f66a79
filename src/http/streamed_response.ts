import type { ResponseWriter } from "./response_writer.ts";

/** How streamed content is delimited: by its promised length, by chunks, or by the end of the connection (HTTP/1.0). */
export type StreamFraming =
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

/**
 * Sends a head and streamed content, each piece when the one before was taken: that is the back-pressure.
 *
 * @throws {RangeError} when there are more or fewer bytes than promised; what is too much is not sent
 * @throws whatever the content throws; the last chunk is not sent then, so the client sees that something is missing
 */
export async function writeStream(
  writer: ResponseWriter,
  head: string,
  body: AsyncIterable<Uint8Array>,
  framing: StreamFraming,
): Promise<void> {
  await writer.addText(head);
  let sentBytes = 0;
  for await (const piece of body) {
    if (piece.length === 0) continue;
    sentBytes += piece.length;
    if (framing.kind === "length" && sentBytes > framing.length) throw wrongLength(framing.length, "more");
    await writePiece(writer, piece, framing);
  }
  if (framing.kind === "length" && sentBytes < framing.length) throw wrongLength(framing.length, `${sentBytes}`);
  if (framing.kind === "chunked") await writer.addText("0\r\n\r\n");
}

async function writePiece(writer: ResponseWriter, piece: Uint8Array, framing: StreamFraming): Promise<void> {
  if (framing.kind !== "chunked") {
    await writer.addBytes(piece);
  } else {
    await writer.addText(piece.length.toString(16) + "\r\n");
    await writer.addBytes(piece);
    await writer.addText("\r\n");
  }
  await writer.flush();
}

function wrongLength(promised: number, got: string): RangeError {
  return new RangeError(`Cannot send the content: promised ${promised} bytes, got ${got}`);
}
