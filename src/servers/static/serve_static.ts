import { errorEntryOf } from "../../backend/error_entry.ts";
import { logging } from "../../backend/middleware/logging.ts";
import type { Clock } from "../../base/clock.ts";
import type { AccessLog, ErrorLog } from "../../log/open_logs.ts";
import { createRequestIds } from "../../log/request_id.ts";
import type { Listener } from "../../net/connection.ts";
import { serve, type Server } from "../../serving/serve.ts";
import type { ServerFigures } from "../../serving/figures.ts";
import { DEFAULT_SETTINGS, type ServeOptions } from "../../serving/serve_options.ts";
import type { StaticOptions } from "./options.ts";
import { createStatic } from "./create_static.ts";

/** Parts of {@linkcode serveStatic}. */
export interface ServeStaticOptions {
  /** How the folder is served. */
  readonly options: StaticOptions;
  /** Limits and time-outs; plain data. */
  readonly limits: ServeOptions;
  /** The logs of requests and errors. */
  readonly logs: { readonly access: AccessLog | undefined; readonly error: ErrorLog | undefined };
  /** The time. */
  readonly clock: Clock;
  /** Distinguishes workers in the ids of requests; "" if there is only one. */
  readonly tag: string;
}

/** Serves a folder on a listener. Its requests are logged in short form, because they have no content. */
export function serveStatic(
  listener: Listener,
  parts: ServeStaticOptions,
): Pick<Server, "shutdown" | "finished" | "figures" | "connectionCount"> {
  const { logs, clock } = parts;
  const files = createStatic({
    options: parts.options,
    clock,
    logging: logging({
      access: logs.access,
      error: logs.error,
      requestIds: createRequestIds(parts.tag),
      formOf: () => "short",
      hasDetails: true,
      isEveryday: (status) => status === 404,
      now: clock.nowMs,
    }),
  });
  const server = serve(listener, files.backend, {
    ...parts.limits,
    responseFields: [...DEFAULT_SETTINGS.responseFields, ...files.responseFields],
    clock,
    onError: (error, client) => logs.error?.write(errorEntryOf(error, clock.nowMs(), client)),
  });
  void files.prepare(clock.nowMs());
  return {
    get figures(): ServerFigures {
      return server.figures;
    },
    get connectionCount(): number {
      return server.connectionCount;
    },
    finished: server.finished,
    shutdown: async (): Promise<void> => {
      files.close();
      await server.shutdown();
    },
  };
}
