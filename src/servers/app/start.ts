import { createClientSwitches } from "../../backend/client_switches.ts";
import { errorEntryOf } from "../../backend/error_entry.ts";
import { logging } from "../../backend/middleware/logging.ts";
import { createRequestIds } from "../../log/request_id.ts";
import { formatAddress, urlOf } from "../../net/address.ts";
import { figuresOfServer } from "../../program/admin/server_figures.ts";
import { type RunningCommand, type StartContext, storeError } from "../../program/command.ts";
import { serveOptionsOf } from "../../program/flags/common_flags.ts";
import type { FlagValues } from "../../program/flags/flag.ts";
import { serve } from "../../serving/serve.ts";
import type { ServeOptions } from "../../serving/serve_options.ts";
import type { StoreAddress } from "../../storage/cluster/store_address.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import { createApp } from "./create_app.ts";
import type { APP_FLAGS } from "./flags.ts";
import type { SharedSwitches, SharedSwitchesOptions } from "./shared_switches.ts";

type Context = StartContext<FlagValues<typeof APP_FLAGS>>;

/** Opens the port of the app and serves it. @throws {StartError} when port or store cannot be opened */
export async function startApp(context: Context): Promise<RunningCommand> {
  const { values, logs, clock, memory, admin, openListener } = context;
  const format = values["log-format"];
  const shared = values.store && await openShared(values.store, {
    scope: values.scope,
    onNotice: (message) => logs.error?.write({ level: "error", timeMs: clock.nowMs(), message }),
  });
  const switches = shared?.switches ?? createClientSwitches({ scope: values.scope });
  const backend = createApp({
    switches,
    logging: logging({
      access: logs.access,
      error: logs.error,
      requestIds: createRequestIds(),
      formOf: format === "combined" ? () => "short" : switches.formOf,
      hasDetails: format !== "text",
      maxBodyBytes: values["max-body-bytes"],
      now: clock.nowMs,
    }),
  });
  const listener = await openListener().catch((error: unknown) => {
    shared?.close();
    throw error;
  });
  const server = serve(listener, backend, {
    ...serveOptionsOf(values),
    memory,
    keepRawHead: logs.access !== undefined,
    maxFirstEmptyLines: 1,
    clock,
    onError: (error, client) => logs.error?.write(errorEntryOf(error, clock.nowMs(), client)),
    onNotHttp: values["non-http"] === "close" ? undefined : endProgram(context),
  });
  admin.figures.add(() => figuresOfServer(server.figures));
  return {
    announcements: [`app listening on ${urlOf(listener)}`],
    connectionCount: () => server.connectionCount,
    isReady: () => shared?.health.current.isReady ?? true,
    shutdown: () => server.shutdown(),
    finished: server.finished.finally(() => shared?.close()),
  };
}

/** The end that `--non-http exit` promises. */
function endProgram({ logs, clock, fail }: Context): NonNullable<ServeOptions["onNotHttp"]> {
  return (error, client) => {
    // No response is sent, so there is no status.
    const entry = {
      ...errorEntryOf(error, clock.nowMs(), client),
      level: "fatal",
      status: undefined,
    } as const;
    logs.error?.write(entry);
    fail(`${formatAddress(client)} does not speak HTTP: ${error.message} (--non-http close goes on)`);
  };
}

// No part of it is loaded without --store.
async function openShared(
  address: StoreAddress,
  options: Omit<SharedSwitchesOptions, "address">,
): Promise<SharedSwitches> {
  const { openSharedSwitches } = await import("./shared_switches.ts");
  try {
    return await openSharedSwitches({ address, ...options });
  } catch (error) {
    throw error instanceof StoreOpenError ? storeError("--store", error) : error;
  }
}
