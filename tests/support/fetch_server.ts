import type { FetchHandler } from "../../src/backend/fetch/fetch_handler.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { within } from "./deadline.ts";

/**
 * Serves a web-standard handler on a free port for the length of a test.
 *
 * @param test gets the port, and the errors that `onError` was called with
 */
export async function withFetch(
  handler: FetchHandler | FetchHandler["fetch"],
  test: (port: number, errors: unknown[]) => Promise<void>,
  options: ServeOptions = {},
): Promise<void> {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const backend = typeof handler === "function" ? { fetch: handler } : handler;
  const server = serve(await listen({ port: 0 }), backend, { onError, ...options });
  try {
    await test(server.address.port, errors);
  } finally {
    await within(server.shutdown(), "the end of the server");
  }
}

/** A stream of any pieces, also of some that its type does not allow, all of them ready at once. */
export function streamOf(...pieces: readonly unknown[]): ReadableStream<Uint8Array> {
  const stream = new ReadableStream<unknown>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  return stream as ReadableStream<Uint8Array>;
}
