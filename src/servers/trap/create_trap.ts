// The request trap: a server that records everything, and a page with an API.

import { logging } from "../../backend/middleware/logging.ts";
import type { Connection, Listener } from "../../net/connection.ts";
import { tcpAddress } from "../../net/address.ts";
import { connect, connectTls } from "../../net/listen.ts";
import { serve, type Server } from "../../serving/serve.ts";
import { readTrapStatus } from "./api/trap_status.ts";
import { serveUi, type UiServer } from "./api/ui_server.ts";
import { ForwardRecorder } from "./capture/forward_recorder.ts";
import { Journal } from "./capture/journal.ts";
import { keepWithLast, recordLeftovers } from "./capture/leftovers.ts";
import { createLogMasks } from "./capture/log_masks.ts";
import { Recorder } from "./capture/recorder.ts";
import { RequestCopies } from "./capture/request_copies.ts";
import { tapListener } from "./capture/tapped_connection.ts";
import { ByteSlab } from "./records/byte_slab.ts";
import { createSystemMicroClock, type MicroClock } from "./records/micro_clock.ts";
import { createTag, createTrapIds } from "./records/request_ids.ts";
import { keepForAge } from "./store/request_age.ts";
import type { TrapOptions } from "./options.ts";
import { Responder } from "./respond/responder.ts";
import { RuleEngine } from "./rules/rule_engine.ts";
import { SignatureChecker } from "./signatures/signature_checker.ts";
import { Forwarder } from "./upstream/forwarder.ts";
import { UpstreamClient } from "./upstream/upstream_client.ts";
import type { UpstreamUrl } from "./upstream/upstream_url.ts";

/** A running trap. */
export interface Trap {
  /** The trap itself. */
  readonly server: Server;
  /** Page and API; undefined without them. */
  readonly ui: UiServer | undefined;
  /** Chooses the responses. */
  readonly engine: RuleEngine;
  /** Reports events of the storage, also on the page. */
  readonly journal: Journal;
  /** Stops both; settles when all is closed. */
  shutdown(): Promise<void>;
  /** Resolves when both are closed. */
  readonly finished: Promise<void>;
}

/** Serves a trap on one listener, and its page and API on another. */
export function createTrap(listener: Listener, uiListener: Listener | undefined, options: TrapOptions): Trap {
  const { store, clock, log } = options;
  const now = createSystemMicroClock();
  const stopping = new AbortController();
  const journal = new Journal({ log, now, clock });
  store.listen(journal);
  const engine = new RuleEngine(
    { nowMs: () => clock.nowMs(), uuid: () => crypto.randomUUID() },
    options.script,
  );
  const signatures = new SignatureChecker(options.secrets, () => clock.nowMs());
  const tools: TrapTools = {
    now,
    engine,
    signatures,
    journal,
    stop: () => stopping.abort(),
    stopping: stopping.signal,
  };
  const { server, closeUpstreams } = serveRecorder(listener, options, tools);
  const ui = uiListener && serveUi(uiListener, {
    ...options,
    ...tools,
    trapPort: listener.address.port,
    status: () => readTrapStatus(store, options.keeper, options.storageError),
    serving: { graceMs: options.limits.graceMs ?? 0, onError: options.onError },
  });
  const stopAging = keepForAge(store, options.maxAgeMs, clock);
  return {
    server,
    ui,
    engine,
    journal,
    shutdown: async () => {
      stopAging();
      await Promise.all([server.shutdown(), ui?.shutdown()]);
      closeUpstreams();
      journal.finish();
    },
    finished: Promise.all([server.finished, ui?.finished]).then(() => {}),
  };
}

interface TrapTools {
  readonly now: MicroClock;
  readonly engine: RuleEngine;
  readonly signatures: SignatureChecker;
  readonly journal: Journal;
  /** Ends the waits that have no end of their own. */
  readonly stop: () => void;
  readonly stopping: AbortSignal;
}

function serveRecorder(
  listener: Listener,
  options: TrapOptions,
  tools: TrapTools,
): { readonly server: Server; readonly closeUpstreams: () => void } {
  const { access, clock, log, store } = options;
  const { now } = tools;
  const masks = createLogMasks(options.masked);
  const ids = options.ids ?? createTrapIds(createTag(Math.random), store.lastId);
  const responder = new Responder({ ...options, ...tools, maxKeptBytes: options.maxBodyBytes });
  const forwarder = createForwarder(options.forwardTo, options, now);
  const copier = createForwarder(options.copyTo, options, now);
  const forward = forwarder && new ForwardRecorder({ forwarder, store, responder, masks, clock, log, now });
  const copies = copier && new RequestCopies(copier, store, clock);
  const recorder = new Recorder({ ...options, ...tools, ids, responder, forward, copies, masks });
  const tapped = tapListener(listener, {
    now,
    slab: new ByteSlab(),
    onEnding: keepWithLast,
    onStopping: tools.stop,
    onClose: (connection) => {
      try {
        recordLeftovers(connection, { store, ids, masks, log, now, isStopping: tools.stopping.aborted });
      } catch (error) {
        options.onError(error, connection.remote);
      }
    },
  });
  const logAccess = logging({
    access: access && { write: (entry) => access.write(masks.access(entry)) },
    error: undefined,
    requestIds: { next: () => ids.next(now()) },
    formOf: () => "short",
    now: () => clock.nowMs(),
  });
  const server = serve(
    tapped,
    { handle: logAccess((request, context) => recorder.handle(request, context)) },
    {
      ...options.limits,
      // Content is never refused: it is counted and hashed while it streams. Bytes after a fault are kept as
      // well, within the time for them.
      maxBodyBytes: Infinity,
      maxDrainBytes: Infinity,
      clock,
      onError: options.onError,
    },
  );
  return {
    server,
    closeUpstreams: () => {
      forward?.close();
      copies?.close();
    },
  };
}

// The number of connections to one server that wait for the next request.
const MAX_IDLE_UPSTREAMS = 64;

function createForwarder(
  upstream: UpstreamUrl | undefined,
  { clock, maxBodyBytes }: TrapOptions,
  now: MicroClock,
): Forwarder | undefined {
  if (upstream === undefined) return undefined;
  const { hostname, port, isEncrypted } = upstream;
  const open = (): Promise<Connection> =>
    isEncrypted ? connectTls(tcpAddress(hostname, port), hostname) : connect({ hostname, port });
  const client = new UpstreamClient({
    connect: open,
    clock,
    now,
    slab: new ByteSlab(),
    maxKeptBytes: maxBodyBytes,
    maxIdle: MAX_IDLE_UPSTREAMS,
  });
  return new Forwarder(upstream, client);
}
