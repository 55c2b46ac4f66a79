import { messageOfError } from "../../backend/middleware/error_text.ts";
import { type Command, type RunningCommand, serveOptionsOf, urlOf } from "../../command.ts";
import { serveUi } from "./api/ui_server.ts";
import { createLogMasks } from "./log_masks.ts";
import { createSystemMicroClock } from "./micro_clock.ts";
import { createTag, createTrapIds } from "./request_ids.ts";
import { RequestStore } from "./request_store.ts";
import { ScriptedAnswers } from "./scripted_answers.ts";
import { chooseUiPort, TRAP_FLAGS } from "./trap_flags.ts";
import { serveTrap } from "./trap_server.ts";

/** `mod.ts trap`: the request trap. */
export const trapCommand: Command<typeof TRAP_FLAGS> = {
  name: "trap",
  summary: "request trap: answers 200 to everything, keeps every byte",
  flags: TRAP_FLAGS,
  portVariable: "PORT",
  async start({ values, logs, clock, openPort }): Promise<RunningCommand> {
    const onError = (error: unknown, client: { hostname: string; port: number }): void =>
      logs.error?.write({ level: "error", timeMs: clock.nowMs(), client, message: messageOfError(error) });
    const store = new RequestStore({ maxRequests: values.keep, maxBytes: values["keep-bytes"] });
    const listener = await openPort(values.port);
    const uiPort = chooseUiPort(values["ui-port"], values.port);
    const uiListener = uiPort === undefined ? undefined : await openPort(uiPort);
    const limits = serveOptionsOf(values);
    const trap = serveTrap(listener, {
      store,
      ids: createTrapIds(createTag(Math.random)),
      answers: new ScriptedAnswers([]),
      masks: createLogMasks(values.mask),
      maxBodyBytes: values["max-body-bytes"],
      now: createSystemMicroClock(),
      clock,
      log: logs.chain,
      access: logs.access,
      limits,
      onError,
    });
    const ui = uiListener &&
      serveUi(uiListener, {
        store,
        hostname: values.host,
        clock,
        serving: { graceMs: limits.graceMs!, onError },
      });
    return {
      announcements: [
        `trap listening on ${urlOf(listener)}`,
        ...(uiListener === undefined ? [] : [`trap ui listening on ${urlOf(uiListener)}`]),
      ],
      shutdown: async () => void await Promise.all([trap.shutdown(), ui?.shutdown()]),
      finished: Promise.all([trap.finished, ui?.finished]).then(() => {}),
    };
  },
};
