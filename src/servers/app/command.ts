import { formatAddress, urlOf } from "../../net/address.ts";
import { createClientSwitches } from "../../backend/client_switches.ts";
import { errorEntryOf } from "../../backend/error_entry.ts";
import { logging } from "../../backend/middleware/logging.ts";
import type { Command } from "../../program/command.ts";
import { httpFlags, logFormatFlag, serveOptionsOf } from "../../program/flags/common_flags.ts";
import { choiceFlag } from "../../program/flags/flag_kinds.ts";
import { createRequestIds } from "../../log/request_id.ts";
import { serve } from "../../serving/serve.ts";
import { createApp } from "./create_app.ts";

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
  async start({ values, logs, clock, memory, openListener, fail }) {
    const format = values["log-format"];
    const switches = createClientSwitches({ scope: values.scope });
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
    const listener = await openListener();
    const server = serve(listener, backend, {
      ...serveOptionsOf(values),
      memory,
      keepRawHead: logs.access !== undefined,
      maxFirstEmptyLines: 1,
      clock,
      onError: (error, client) => logs.error?.write(errorEntryOf(error, clock.nowMs(), client)),
      onNotHttp: values["non-http"] === "close" ? undefined : (error, client) => {
        // Nothing is answered: there is no status.
        const entry = {
          ...errorEntryOf(error, clock.nowMs(), client),
          level: "fatal",
          status: undefined,
        } as const;
        logs.error?.write(entry);
        fail(`${formatAddress(client)} does not speak HTTP: ${error.message}`);
      },
    });
    return {
      announcements: [`app listening on ${urlOf(listener)}`],
      connectionCount: () => server.connectionCount,
      shutdown: () => server.shutdown(),
      finished: server.finished,
    };
  },
};
