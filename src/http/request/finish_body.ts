import { HttpError } from "../errors.ts";
import type { RequestBody } from "./request_body.ts";

/**
 * Drops the content of a request that the handler left unread.
 *
 * @param body undefined if there is none
 * @param maxBytes the most bytes to read on the way to its end
 * @returns false if the content did not end within that
 */
export async function finishBody(body: RequestBody | undefined, maxBytes: number): Promise<boolean> {
  if (body === undefined || body.isComplete) return true;
  const start = body.receivedBytes;
  try {
    while (body.receivedBytes - start <= maxBytes) {
      if (await body.read() === null) return true;
    }
  } catch (error) {
    // A TypeError means that the handler still reads: then the end of the content is unknown.
    if (!(error instanceof HttpError || error instanceof TypeError)) throw error;
  }
  return false;
}
