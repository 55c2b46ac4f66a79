/** A piece of a web stream: its type says bytes, but frameworks write texts and buffers too. */
export type WebPiece = Uint8Array | ArrayBufferView | ArrayBufferLike | string;

const encoder = new TextEncoder();

/**
 * The bytes of a piece: texts are sent as UTF-8, buffers and views as their bytes.
 *
 * @throws {TypeError} for anything else
 */
export function toBytes(piece: WebPiece): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === "string") return encoder.encode(piece);
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer || piece instanceof SharedArrayBuffer) return new Uint8Array(piece);
  throw new TypeError(`Cannot send the content: expected bytes or text, got a piece of type ${typeof piece}`);
}
