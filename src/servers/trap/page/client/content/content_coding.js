// @ts-check
// Takes a content coding off (RFC 9110 §8.4), for reading.

/** @import { Pair } from "../page_types.ts" */

const FORMATS = new Map([["gzip", "gzip"], ["x-gzip", "gzip"], ["deflate", "deflate"]]);

// A small body can unpack to gigabytes: a slice of it to a thousand times its size, before the limit applies.
const MAX_DECODED_BYTES = 8_388_608;
const SLICE_BYTES = 4_096;

/**
 * The content without its coding.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {readonly Pair[]} headers
 * @returns {Promise<{ bytes: Uint8Array<ArrayBuffer>, note: string }>} the bytes as they were if there is no
 *   coding that a browser can undo; the note describes in words what was done, "" for nothing
 */
export async function decodedContent(bytes, headers) {
  const coding =
    headers.findLast(([name]) => name.toLowerCase() === "content-encoding")?.[1].trim().toLowerCase() ?? "";
  const format = FORMATS.get(coding);
  if (bytes.length === 0 || coding === "" || coding === "identity") return { bytes, note: "" };
  if (format === undefined) {
    return { bytes, note: `This page cannot undo the coding "${coding}": shown as sent.` };
  }
  const { pieces, end } = await unpack(bytes, /** @type {CompressionFormat} */ (format));
  if (pieces.length === 0) {
    return { bytes, note: `The content is not ${coding}, though it says so: shown as sent.` };
  }
  return {
    bytes: new Uint8Array(await new Blob(pieces).arrayBuffer()),
    note: `Unpacked from ${coding}${end}.`,
  };
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {CompressionFormat} format
 * @returns {Promise<{ pieces: Uint8Array<ArrayBuffer>[], end: string }>}
 */
async function unpack(bytes, format) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  let received = 0;
  const reader = slicesOf(bytes).pipeThrough(new DecompressionStream(format)).getReader();
  try {
    while (received < MAX_DECODED_BYTES) {
      const { done, value } = await reader.read();
      if (done) return { pieces, end: "" };
      pieces.push(value);
      received += value.length;
    }
    await reader.cancel();
    return { pieces, end: ", the beginning" };
  } catch {
    return { pieces, end: ", as far as it is well-formed" };
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
function slicesOf(bytes) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, at += SLICE_BYTES));
    },
  });
}
