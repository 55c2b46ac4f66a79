// All ports of the command: the store's own one, Graphite's and the page's.

import { messageOfError } from "../../base/error_text.ts";
import { errorEntryOf } from "../../backend/error_entry.ts";
import { formatAddress, type NetAddress, urlOf } from "../../net/address.ts";
import { ConnectionError, type Listener } from "../../net/connection.ts";
import type { FigureSample } from "../../program/admin/figures.ts";
import { type Admin, ADMIN_PATHS, adminRoutes } from "../../program/admin/admin_routes.ts";
import { portError, type RunningCommand, type StartContext, StartError } from "../../program/command.ts";
import type { FlagValues } from "../../program/flags/flag.ts";
import { chooseUiPort } from "../../program/flags/ui_flags.ts";
import { linkOf, type PageAccess, readPageAccess } from "../../program/page_access.ts";
import { type METRICS_FLAGS, METRICS_PORT } from "./flags.ts";
import { type PlaintextServer, servePlaintext } from "./graphite/plaintext/plaintext_server.ts";
import { figuresOf, statusFiguresOf } from "./metrics_figures.ts";
import { createFileBoards, createMemoryBoards } from "./page/boards.ts";
import { createMetrics, type MetricsServer } from "./create_metrics.ts";
import type { MetricStore } from "./store.ts";
import { type MetricsUi, serveMetricsUi } from "./ui_server.ts";

/** The surroundings of the command. */
export type MetricsContext = StartContext<FlagValues<typeof METRICS_FLAGS>>;

/** Writes lines into the error log. */
export function logTo(
  { logs, clock }: MetricsContext,
  level: "debug" | "info" | "error",
): (line: string) => void {
  return (message) => logs.error?.write({ level, timeMs: clock.nowMs(), message });
}

/**
 * Opens the ports and serves the store, which the server closes at its end.
 *
 * @throws {StartError} when a port cannot be opened; the store is still open then
 */
export async function serveMetrics(context: MetricsContext, store: MetricStore): Promise<RunningCommand> {
  const access = await readPageAccess(context.values);
  const page = await openPage(context, access);
  const server = await startServer(context, store).catch((error: unknown) => {
    page.listener?.close();
    throw error;
  });
  const graphite = await startGraphite(context, { store, server }).catch(async (error: unknown) => {
    page.listener?.close();
    await server.close();
    throw error;
  });
  const ui = page.listener && startPage(context, { store, server, access, listener: page.listener });
  const { figures } = context.admin;
  figures.add(() =>
    figuresOf({ store, counts: server.counts, connectionCount: () => server.connectionCount })
  );
  return {
    announcements: [
      `metrics listening on ${urlOf(listeningOf(context, server), "tcp")}`,
      ...(graphite === undefined ? [] : graphiteLines(graphite)),
      ...(ui === undefined ? [] : [`metrics ui listening on ${linkTo(context, ui, access)}`]),
      ...(page.notice === undefined ? [] : [page.notice]),
    ],
    connectionCount: () => server.connectionCount,
    shutdown: async () => {
      await Promise.all([graphite?.shutdown(), ui?.shutdown()]);
      await server.close();
    },
    finished: Promise.all([server.finished, ui?.finished]).then(() => {}),
  };
}

function listeningOf({ values }: MetricsContext, { address }: { readonly address: NetAddress }): {
  readonly address: NetAddress;
  readonly isEncrypted: boolean;
} {
  return { address, isEncrypted: values["tls-cert"] !== undefined };
}

function linkTo(context: MetricsContext, ui: MetricsUi, access: PageAccess): string {
  const url = urlOf(listeningOf(context, ui));
  return access.isTokenNew ? linkOf(url, access) : url;
}

function graphiteLines({ address }: PlaintextServer): string[] {
  return ["tcp", "udp"].map((protocol) =>
    `metrics graphite listening on ${protocol}://${formatAddress(address)}`
  );
}

async function startServer(
  context: MetricsContext,
  store: MetricStore,
): Promise<MetricsServer<NetAddress>> {
  const { values, logs, clock, openListener } = context;
  const { commands } = logs;
  return createMetrics(await openListener(), store, {
    maxConnections: values["max-connections"],
    maxConnectionsPerAddress: values["max-connections-per-address"],
    idleTimeoutMs: values["idle-timeout-ms"] || undefined,
    maxBufferedBytes: values["max-buffered-bytes"],
    graceMs: values["grace-ms"],
    clock,
    log: {
      error: logTo(context, "error"),
      ...(values["log-level"] === "debug" ? { debug: logTo(context, "debug") } : {}),
    },
    access: commands &&
      (({ client, status, command }) => commands.write({ timeMs: clock.nowMs(), client, status, command })),
  });
}

interface Served {
  readonly store: MetricStore;
  readonly server: MetricsServer<NetAddress>;
}

async function startGraphite(
  context: MetricsContext,
  { store, server }: Served,
): Promise<PlaintextServer | undefined> {
  const { values, clock, openPort } = context;
  const port = values["graphite-port"];
  if (port === undefined) return undefined;
  const log = logTo(context, "error");
  try {
    return await servePlaintext({
      store,
      counts: server.counts as MetricsServer["counts"],
      now: () => clock.nowMs(),
      hostname: values.host,
      port,
      openPort: (own) => openPort(own, { flag: "--graphite-port" }),
      maxConnections: values["max-connections"],
      maxConnectionsPerAddress: values["max-connections-per-address"] ?? Infinity,
      graceMs: values["grace-ms"],
      clock,
      onError: (error) => log(`Cannot accept a client: ${messageOfError(error)}`),
      onFailed: (error) => log(`Cannot store samples: ${messageOfError(error)}`),
    });
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    throw portError(error, { transport: "tcp", hostname: values.host, port }, "--graphite-port");
  }
}

interface OpenedPage {
  readonly listener?: Listener;
  /** Why there is no page although it was not switched off. */
  readonly notice?: string;
}

// A page on its default port must not keep the store from its work.
async function openPage(context: MetricsContext, { hostname }: PageAccess): Promise<OpenedPage> {
  const { values, given, openPort } = context;
  const port = chooseUiPort(values, METRICS_PORT);
  if (port === undefined) return {};
  try {
    return { listener: await openPort(port, { hostname, flag: "--ui-port" }) };
  } catch (error) {
    if (given.has("ui-port") || !(error instanceof StartError)) throw error;
    return { notice: `metrics has no page: ${error.message}; --ui-port names another port` };
  }
}

function startPage(
  context: MetricsContext,
  { store, server, access, listener }: Served & { readonly access: PageAccess; readonly listener: Listener },
): MetricsUi {
  const { values, clock, logs, admin } = context;
  const log = logTo(context, "info");
  const parts = {
    store,
    counts: server.counts,
    connectionCount: () => server.connectionCount,
    memoryBytes: () => sampleOf(admin, "resident_memory_bytes")?.value ?? 0,
  };
  return serveMetricsUi(listener, {
    store,
    clock,
    status: {
      version: sampleOf(admin, "build_info")?.labels?.["version"] ?? "",
      startedAtMs: clock.nowMs(),
      isReadOnly: () => store.readOnlyReason !== undefined,
      figures: () => statusFiguresOf(parts),
    },
    boards: values.data === undefined ? createMemoryBoards() : createFileBoards(`${values.data}.boards.json`),
    onDeleted: (name) => log(`deleted ${JSON.stringify(name)} by the page`),
    guard: { ...access.guard, openPaths: [ADMIN_PATHS.health, ADMIN_PATHS.readiness] },
    adminRoutes: adminRoutes(admin),
    serving: {
      graceMs: values["grace-ms"],
      onError: (error, client) => logs.error?.write(errorEntryOf(error, clock.nowMs(), client)),
    },
  });
}

// Figures of the process.
function sampleOf({ figures }: Admin, name: string): FigureSample | undefined {
  const figure = figures.collect().find((one) => one.name === name);
  return figure === undefined || figure.kind === "histogram" ? undefined : figure.samples[0];
}
