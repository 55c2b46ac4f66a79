import type { RequestContext } from "../../backend/handler.ts";
import { messageOfError } from "../../backend/middleware/error_text.ts";
import type { MaybePromise } from "../../bytes/maybe_promise.ts";
import type { HttpRequest } from "../../http/request.ts";
import { type HttpResponse, textResponse } from "../../http/response.ts";
import type { Listener, NetAddress } from "../../net/connection.ts";
import { serve, type Server } from "../../serve.ts";
import type { ServeOptions } from "../../serve_options.ts";
import { keepWithLast, recordLeftovers } from "./leftovers.ts";
import { Recorder, type RecorderOptions } from "./recorder.ts";
import { tapListener } from "./tapped_connection.ts";

/** Parts of {@linkcode serveTrap}. */
export interface TrapOptions extends RecorderOptions {
  /** Limits and time-outs; that of the content limits what is kept, and not what is sent. */
  readonly limits: ServeOptions;
  /** Told of failures that are no request's. */
  readonly onError: (error: unknown, remote: NetAddress) => void;
}

/** Serves the trap on a listener: every request is recorded, and answered with 200. */
export function serveTrap(listener: Listener, options: TrapOptions): Server {
  const recorder = new Recorder(options);
  const tapped = tapListener(listener, {
    now: options.now,
    onEnding: keepWithLast,
    onClose: (connection) => recordLeftovers(connection, options),
  });
  const recover = (error: unknown, context: RequestContext): HttpResponse => {
    options.onError(error, context.remote);
    const fields = context.requestId === undefined ? [] : [["X-Request-Id", context.requestId] as const];
    return textResponse(200, `not recorded: ${messageOfError(error)}\n`, fields);
  };
  const handle = (request: HttpRequest, context: RequestContext): MaybePromise<HttpResponse> => {
    try {
      const response = recorder.handle(request, context);
      return response instanceof Promise ? response.catch((error) => recover(error, context)) : response;
    } catch (error) {
      return recover(error, context);
    }
  };
  return serve(tapped, { handle }, {
    ...options.limits,
    // Content is never refused: it is counted and hashed while it streams. Bytes behind a fault are kept as well, as
    // long as the time for them lasts.
    maxBodyBytes: Infinity,
    maxDrainBytes: Infinity,
    clock: options.clock,
    onError: options.onError,
  });
}
