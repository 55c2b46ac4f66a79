import { formatAddress, urlOf } from "../../net/address.ts";
import { createClientSwitches } from "../../backend/client_switches.ts";
import { errorEntryOf } from "../../backend/error_entry.ts";
import { logging } from "../../backend/middleware/logging.ts";
import { type Command, storeError } from "../../program/command.ts";
import { figuresOfServer } from "../../program/admin/server_figures.ts";
import { httpFlags, logFormatFlag, serveOptionsOf } from "../../program/flags/common_flags.ts";
import { choiceFlag } from "../../program/flags/flag_kinds.ts";
import { storeFlag } from "../../program/flags/store_flags.ts";
import { createRequestIds } from "../../log/request_id.ts";
import { serve } from "../../serving/serve.ts";
import type { StoreAddress } from "../../storage/cluster/store_address.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import { createApp } from "./create_app.ts";
import type { SharedSwitches, SharedSwitchesOptions } from "./shared_switches.ts";

const FLAGS = {
  ...httpFlags(8888),
  "log-format": logFormatFlag(["text", "json", "combined"]),
  "non-http": choiceFlag({
    choices: ["exit", "close"],
    help: "what a client that does not speak HTTP does: end the program, or get 400",
    default: "exit",
  }),
  scope: choiceFlag({
    choices: ["client", "global"],
    help: "who log form and error display belong to: the client that set them, or everybody",
    default: "client",
  }),
  store: storeFlag("Redis or Valkey Cluster where several nodes share log form and error display"),
};

/** `mod.ts app`: the interactive HTTP application. */
export const appCommand: Command<typeof FLAGS> = {
  name: "app",
  summary: "interactive HTTP application (default)",
  examples: [
    { line: "app --port 8888", does: "the form page on http://127.0.0.1:8888/" },
    {
      line: "app --host :: --access-log - --non-http close",
      does: "for other machines too, logged to the terminal",
    },
  ],
  flags: FLAGS,
  async start({ values, logs, clock, memory, admin, openListener, fail }) {
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
      onNotHttp: values["non-http"] === "close" ? undefined : (error, client) => {
        // No response is sent, so there is no status.
        const entry = {
          ...errorEntryOf(error, clock.nowMs(), client),
          level: "fatal",
          status: undefined,
        } as const;
        logs.error?.write(entry);
        fail(`${formatAddress(client)} does not speak HTTP: ${error.message} (--non-http close goes on)`);
      },
    });
    admin.figures.add(() => figuresOfServer(server.figures));
    return {
      announcements: [`app listening on ${urlOf(listener)}`],
      connectionCount: () => server.connectionCount,
      isReady: () => shared?.health.current.isReady ?? true,
      shutdown: () => server.shutdown(),
      finished: server.finished.finally(() => shared?.close()),
    };
  },
};

// Nothing of it is loaded without --store.
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
