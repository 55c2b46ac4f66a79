import { logging } from "../../backend/middleware/logging.ts";
import type { AccessLog } from "../../log/open_logs.ts";
import type { Listener, NetAddress } from "../../net/connection.ts";
import { serve, type Server } from "../../serving/serve.ts";
import type { ServeOptions } from "../../serving/serve_options.ts";
import { keepWithLast, recordLeftovers } from "./capture/leftovers.ts";
import { Recorder, type RecorderOptions } from "./capture/recorder.ts";
import { tapListener } from "./capture/tapped_connection.ts";

/** Parts of {@linkcode serveTrap}. */
export interface TrapOptions extends RecorderOptions {
  /** Limits and time-outs; that of the content limits what is kept, and not what is sent. */
  readonly limits: ServeOptions;
  /** Gets an entry for each answer; undefined when it is off. */
  readonly access: AccessLog | undefined;
}

/** Serves the trap on a listener: every request is recorded, and answered with 200. */
export function serveTrap<Address extends NetAddress>(
  listener: Listener<Address>,
  options: TrapOptions,
): Server<Address> {
  const recorder = new Recorder(options);
  let isStopping = false;
  const tapped = tapListener(listener, {
    now: options.now,
    onEnding: keepWithLast,
    onStopping: () => isStopping = true,
    onClose: (connection) => {
      try {
        recordLeftovers(connection, { ...options, isStopping });
      } catch (error) {
        options.onError(error, connection.remote);
      }
    },
  });
  const { access, masks } = options;
  const logAccess = logging({
    access: access && { write: (entry) => access.write(masks.access(entry)) },
    error: undefined,
    requestIds: { next: () => options.ids.next(options.now()) },
    formOf: () => "short",
    now: () => options.clock.nowMs(),
  });
  return serve(tapped, { handle: logAccess((request, context) => recorder.handle(request, context)) }, {
    ...options.limits,
    // Content is never refused: it is counted and hashed while it streams. Bytes behind a fault are kept as well, as
    // long as the time for them lasts.
    maxBodyBytes: Infinity,
    maxDrainBytes: Infinity,
    clock: options.clock,
    onError: options.onError,
  });
}
