import { HttpError } from "../errors.ts";
import type { RequestBody } from "./request_body.ts";

/**
 * Drops what the handler left unread of a request's content.
 *
 * @param body undefined when there is none
 * @param maxBytes how much may be read to get to its end
 * @returns false when the content did not end within that
 */
export async function finishBody(body: RequestBody | undefined, maxBytes: number): Promise<boolean> {
  if (body === undefined || body.isComplete) return true;
  const start = body.receivedBytes;
  try {
    while (body.receivedBytes - start <= maxBytes) {
      if (await body.read() === null) return true;
    }
  } catch (error) {
    // A TypeError says that the handler still reads: then the end of the content is unknown.
    if (!(error instanceof HttpError || error instanceof TypeError)) throw error;
  }
  return false;
}
