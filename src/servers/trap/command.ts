import { urlOf } from "../../net/address.ts";
import { readFile } from "node:fs/promises";
import { errorEntryOf } from "../../backend/error_entry.ts";
import { type Command, type RunningCommand, type StartContext, storeError } from "../../program/command.ts";
import { serveOptionsOf } from "../../program/flags/common_flags.ts";
import { type FlagValues, UsageError } from "../../program/flags/flag.ts";
import { chooseUiPort } from "../../program/flags/ui_flags.ts";
import type { Listener, NetAddress } from "../../net/connection.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import { serveUi } from "./api/ui_server.ts";
import { type Archive, openArchive } from "./records/archive.ts";
import { createLogMasks } from "./capture/log_masks.ts";
import { createSystemMicroClock } from "./records/micro_clock.ts";
import { createTag, createTrapIds } from "./records/request_ids.ts";
import { RequestStore } from "./records/request_store.ts";
import { parseRespondScript, ScriptError } from "./rules/respond_script.ts";
import { type AnswerRule, ScriptedResponses } from "./rules/scripted_responses.ts";
import { TRAP_FLAGS, TRAP_PORT } from "./flags.ts";
import { serveTrap } from "./create_trap.ts";

type Context = StartContext<FlagValues<typeof TRAP_FLAGS>>;

/** `mod.ts trap`: the request trap. */
export const trapCommand: Command<typeof TRAP_FLAGS> = {
  name: "trap",
  summary: "request trap: answers 200 to everything, keeps every byte",
  examples: [
    { line: "trap", does: "catches requests on port 5000, and shows them on http://127.0.0.1:5001/" },
    { line: "trap --data requests.db --keep 10000", does: "keeps the last ten thousand across restarts" },
  ],
  flags: TRAP_FLAGS,
  mentionsPort: true,
  async start(context) {
    const answers = new ScriptedResponses(await readScript(context.values.respond));
    const { store, archive } = await openStore(context);
    try {
      return await startServers(context, { answers, store, archive });
    } catch (error) {
      archive?.close();
      throw error;
    }
  },
};

interface TrapParts {
  readonly answers: ScriptedResponses;
  readonly store: RequestStore;
  readonly archive: Archive | undefined;
}

async function startServers(
  context: Context,
  { answers, store, archive }: TrapParts,
): Promise<RunningCommand> {
  const { values, logs, clock } = context;
  const onError = (error: unknown, client: NetAddress): void => logError(context, error, client);
  const [listener, uiListener] = await openPorts(context);
  const trap = serveTrap(listener, {
    store,
    ids: createTrapIds(createTag(Math.random), store.lastId),
    answers,
    masks: createLogMasks(values.mask),
    maxBodyBytes: values["max-body-bytes"],
    now: createSystemMicroClock(),
    clock,
    log: logs.chain,
    access: logs.access,
    limits: { ...serveOptionsOf(values), memory: context.memory },
    onError,
  });
  const ui = uiListener && serveUi(uiListener, {
    store,
    trapPort: listener.address.port,
    hostname: values.host,
    replaysToPrivate: values["replay-private"],
    clock,
    serving: { graceMs: values["grace-ms"], onError },
  });
  return {
    announcements: [
      `trap listening on ${urlOf(listener)}`,
      ...(uiListener === undefined ? [] : [`trap ui listening on ${urlOf(uiListener)}`]),
    ],
    shutdown: async () => {
      await Promise.all([trap.shutdown(), ui?.shutdown()]);
      archive?.close();
    },
    finished: Promise.all([trap.finished, ui?.finished]).then(() => {}),
  };
}

async function openPorts(
  { values, openListener, openPort }: Context,
): Promise<[trap: Listener, ui: Listener | undefined]> {
  const listener = await openListener();
  const uiPort = chooseUiPort(values, TRAP_PORT);
  if (uiPort === undefined) return [listener, undefined];
  try {
    return [listener, await openPort(uiPort, { flag: "--ui-port" })];
  } catch (error) {
    listener.close();
    throw error;
  }
}

async function openStore(context: Context): Promise<Pick<TrapParts, "store" | "archive">> {
  const { values, clock } = context;
  const store = new RequestStore({ maxRequests: values.keep, maxBytes: values["keep-bytes"] });
  if (values.data === undefined) return { store, archive: undefined };
  try {
    const archive = await openArchive(values.data, { clock, onError: (error) => logError(context, error) });
    store.listen(archive);
    store.restore(archive.read());
    return { store, archive };
  } catch (error) {
    throw error instanceof StoreOpenError ? storeError("--data", error) : error;
  }
}

function logError({ logs, clock }: Context, error: unknown, client?: NetAddress): void {
  logs.error?.write(errorEntryOf(error, clock.nowMs(), client));
}

async function readScript(path: string | undefined): Promise<readonly AnswerRule[]> {
  if (path === undefined) return [];
  try {
    return parseRespondScript(await readFile(path, "utf-8"));
  } catch (cause) {
    const quoted = JSON.stringify(path);
    const state = cause instanceof ScriptError
      ? `${quoted} is faulty at ${cause.message}`
      : `expected a readable file, got ${quoted}`;
    throw new UsageError(`bad value for --respond: ${state}`, { cause });
  }
}
