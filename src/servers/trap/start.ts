import { readFile } from "node:fs/promises";
import { errorEntryOf } from "../../backend/error_entry.ts";
import { urlOf } from "../../net/address.ts";
import { ADMIN_PATHS, adminRoutes } from "../../program/admin/admin_routes.ts";
import type { Listener, NetAddress } from "../../net/connection.ts";
import { type RunningCommand, type StartContext, storeError } from "../../program/command.ts";
import { TrapFigures } from "./trap_figures.ts";
import { figuresOfServer } from "../../program/admin/server_figures.ts";
import { serveOptionsOf } from "../../program/flags/common_flags.ts";
import { type FlagValues, UsageError } from "../../program/flags/flag.ts";
import { chooseUiPort } from "../../program/flags/ui_flags.ts";
import { isLoopback, linkOf, type PageAccess, readPageAccess } from "../../program/page_access.ts";
import type { StoreAddress } from "../../storage/cluster/store_address.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import type { ReplayReach } from "./api/replay.ts";
import { createTrap } from "./create_trap.ts";
import { type TRAP_FLAGS, TRAP_PORT } from "./flags.ts";
import { type Archive, openArchive, readFullArchive } from "./store/archive.ts";
import type { RequestKeeper } from "./store/request_keeper.ts";
import { RequestStore } from "./store/request_store.ts";
import { parseRespondScript } from "./rules/respond_script.ts";
import type { RuleEngine, RuleScript } from "./rules/rule_engine.ts";
import { ScriptError } from "./rules/script_values.ts";
import { Tail } from "./tail.ts";

type Context = StartContext<FlagValues<typeof TRAP_FLAGS>>;

/** Opens the ports of the trap and serves them. @throws {UsageError | StartError} when it cannot */
export async function startTrap(context: Context): Promise<RunningCommand> {
  const script = await readScript(context.values.respond);
  const access = await readPageAccess(context.values);
  const storage = await openStorage(context);
  try {
    return await startServers(context, { script, access, storage });
  } catch (error) {
    await storage.keeper?.close();
    throw error;
  }
}

interface TrapParts {
  readonly script: RuleScript | undefined;
  readonly access: PageAccess;
  readonly storage: TrapStorage;
}

async function startServers(
  context: Context,
  { script, access, storage }: TrapParts,
): Promise<RunningCommand> {
  const { values, logs, clock } = context;
  const { store, keeper } = storage;
  const [listener, uiListener] = await openPorts(context, access);
  const trap = createTrap(listener, uiListener, {
    store,
    keeper,
    storageError: storage.error,
    script,
    masked: values.mask,
    maxBodyBytes: values["max-body-bytes"],
    checksRules: values.rules === "all",
    hasBins: values.bins,
    allowsAllOrigins: values.cors,
    maxAgeMs: values["keep-age"] === undefined ? undefined : values["keep-age"] * 1_000,
    forwardTo: values.forward,
    copyTo: values["forward-copy"],
    secrets: values.secret,
    replayReach: chooseReplayReach(context, access),
    guard: { ...access.guard, names: [...access.guard.names, values.host], openPaths: OPEN_PATHS },
    uiRoutes: adminRoutes(context.admin),
    limits: { ...serveOptionsOf(values), memory: context.memory },
    log: logs.chain,
    access: logs.access,
    clock,
    onError: (error, client) => logError(context, error, client),
  });
  const figures = new TrapFigures(store);
  context.admin.figures.add(() => [...figuresOfServer(trap.server.figures), ...figures.collect()]);
  storage.onChange = (message) => {
    trap.journal.note(message);
    trap.ui?.sendStatus();
  };
  storage.shareRules?.(trap.engine, script !== undefined);
  if (values.tail) {
    const { print, isTerminal } = context;
    store.listen(new Tail({ print, isTerminal, awaitsResponses: values.forward !== undefined }));
  }
  const url = urlOf(listener);
  trap.journal.note(`started: listening on ${url}, ${count(store.size)} from before`);
  return {
    announcements: [
      `trap listening on ${url}`,
      ...(uiListener === undefined ? [] : announceUi(urlOf(uiListener), access)),
    ],
    connectionCount: () => trap.server.connectionCount,
    shutdown: async () => {
      await trap.shutdown();
      trap.journal.note(`stopped: ${count(store.size)} kept, ${store.evicted} evicted`);
      await keeper?.close();
    },
    finished: trap.finished,
  };
}

function count(requests: number): string {
  return requests === 1 ? "1 request" : `${requests} requests`;
}

const OPEN_PATHS = [ADMIN_PATHS.health, ADMIN_PATHS.readiness];

/** A token that was made here is shown once, in an address to open. */
function announceUi(url: string, access: PageAccess): readonly string[] {
  const line = `trap ui listening on ${url}`;
  return access.isTokenNew ? [line, `trap ui opens with ${linkOf(url, access)}`] : [line];
}

/** Any client of the page can make the trap send requests. This machine is a target only if all clients are on it. */
function chooseReplayReach({ values }: Context, access: PageAccess): ReplayReach {
  if (values["replay-private"]) return "private";
  return isLoopback(access.hostname) && isLoopback(values.host) ? "loopback" : "public";
}

async function openPorts(
  { values, openListener, openPort }: Context,
  access: PageAccess,
): Promise<[trap: Listener, ui: Listener | undefined]> {
  // The rules may end a connection with a RST.
  const listener = await openListener({ needsReset: true });
  const uiPort = chooseUiPort(values, TRAP_PORT);
  if (uiPort === undefined) return [listener, undefined];
  try {
    return [listener, await openPort(uiPort, { hostname: access.hostname, flag: "--ui-port" })];
  } catch (error) {
    listener.close();
    throw error;
  }
}

/** The storage of requests. */
interface TrapStorage {
  readonly store: RequestStore;
  readonly keeper: RequestKeeper | undefined;
  /** Why there is no file although one was asked for. */
  readonly error?: string;
  /** Called when the file cannot be written, and when it can again. */
  onChange: (message: string) => void;
  /** Shares the rules with other nodes. @param hasOwn whether this node brings rules for all */
  readonly shareRules?: (engine: RuleEngine, hasOwn: boolean) => void;
}

async function openStorage(context: Context): Promise<TrapStorage> {
  const { values, given } = context;
  const store = new RequestStore({ maxRequests: values.keep, maxBytes: values["keep-bytes"] });
  if (values.store !== undefined && values.data !== undefined) {
    throw new UsageError(`bad value for ${given.get("store")}: ${given.get("data")} is given too`);
  }
  try {
    if (values.store !== undefined) return await openShared(context, store, values.store);
    if (values.data !== undefined) return await openFile(context, store, values.data);
    return { store, keeper: undefined, onChange: () => {} };
  } catch (error) {
    const flag = values.store === undefined ? "--data" : "--store";
    throw error instanceof StoreOpenError ? storeError(flag, error) : error;
  }
}

async function openFile(context: Context, store: RequestStore, path: string): Promise<TrapStorage> {
  const options = {
    path,
    clock: context.clock,
    onError: (error: Error) => {
      logError(context, error);
      storage.onChange(`${error.message}; make room, and they are written`);
    },
    onRecovered: (waited: number) =>
      storage.onChange(`"${path}" can be written again: ${count(waited)} waited for it`),
  };
  let archive: Archive;
  try {
    archive = await openArchive(options);
  } catch (error) {
    if (!(error instanceof StoreOpenError && error.code === "failed")) throw error;
    return await readFullFile(context, store, { path, error });
  }
  const storage: TrapStorage = { store, keeper: archive, onChange: () => {} };
  store.listen(archive);
  store.restore(archive.read());
  return storage;
}

/** On a full disk, stored requests can still be read; new ones stay in memory. */
async function readFullFile(
  context: Context,
  store: RequestStore,
  { path, error }: { readonly path: string; readonly error: StoreOpenError },
): Promise<TrapStorage> {
  const requests = await readFullArchive(path).catch(() => undefined);
  if (requests === undefined) throw error;
  store.restore(requests);
  const message = `${error.message}; what is stored is shown, and what comes stays in memory`;
  logError(context, new Error(message, { cause: error }));
  return { store, keeper: undefined, error: message, onChange: () => {} };
}

// Without --store, none of it is loaded.
async function openShared(
  context: Context,
  store: RequestStore,
  address: StoreAddress,
): Promise<TrapStorage> {
  const { openSharedList, SharedRules } = await import("./cluster/open_shared_list.ts");
  let tell: (message: string) => void = () => {};
  const rules = new SharedRules();
  const keeper = await openSharedList({
    address,
    store,
    clock: context.clock,
    onNotice: (message) => logError(context, new Error(message)),
    onError: (error) => {
      logError(context, error);
      tell(error.message);
    },
    onRules: (source) => rules.take(source),
    onRecovered: (waited) => tell(`the store is back: ${count(waited)} waited for it`),
  });
  const storage: TrapStorage = {
    store,
    keeper,
    onChange: () => {},
    shareRules: (engine, hasOwn) =>
      rules.share(engine, { hasOwn, tell: (source) => keeper.tellRules(source) }),
  };
  tell = (message) => storage.onChange(message);
  return storage;
}

function logError({ logs, clock }: Context, error: unknown, client?: NetAddress): void {
  logs.error?.write(errorEntryOf(error, clock.nowMs(), client));
}

async function readScript(path: string | undefined): Promise<RuleScript | undefined> {
  if (path === undefined) return undefined;
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
