import type { PageGuardOptions } from "../../backend/middleware/page_guard.ts";
import type { Route } from "../../backend/routes.ts";
import type { Clock } from "../../base/clock.ts";
import type { AccessLog, ChainLog } from "../../log/open_logs.ts";
import type { NetAddress } from "../../net/connection.ts";
import type { ServeOptions } from "../../serving/serve_options.ts";
import type { ReplayReach } from "./api/replay.ts";
import type { TrapIds } from "./records/request_ids.ts";
import type { RuleScript } from "./rules/rule_engine.ts";
import type { SchemeSecret } from "./signatures/signature_checker.ts";
import type { RequestKeeper } from "./store/request_keeper.ts";
import type { RequestStore } from "./store/request_store.ts";
import type { UpstreamUrl } from "./upstream/upstream_url.ts";

/** Parts of a trap. */
export interface TrapOptions {
  /** Gets every request. */
  readonly store: RequestStore;
  /** Keeps the stored requests: a file, or a store that several nodes share. */
  readonly keeper?: RequestKeeper | undefined;
  /** Why there is no file although one was asked for. */
  readonly storageError?: string | undefined;
  /** The initial rules. */
  readonly script?: RuleScript | undefined;
  /** Names of fields and parameters; the log hides their values. */
  readonly masked: readonly string[];
  /** How much content of a message is kept, in bytes. */
  readonly maxBodyBytes: number;
  /** Whether the rules of the exercise (method, path, parameters) are checked. */
  readonly checksRules: boolean;
  /** Whether the first segment of the path is a bin. */
  readonly hasBins: boolean;
  /** Whether pages of all origins may read the responses. */
  readonly allowsAllOrigins: boolean;
  /** How long requests are kept, in milliseconds; undefined means for ever. */
  readonly maxAgeMs?: number | undefined;
  /** The server to forward requests to. */
  readonly forwardTo?: UpstreamUrl | undefined;
  /** The server to send copies of requests to. */
  readonly copyTo?: UpstreamUrl | undefined;
  /** Checks signatures. */
  readonly secrets: readonly SchemeSecret[];
  /** The addresses that requests may be sent to again. */
  readonly replayReach: ReplayReach;
  /** The clients that may use page and API. */
  readonly guard: PageGuardOptions;
  /** Further routes of the page's port. */
  readonly uiRoutes?: readonly Route[] | undefined;
  /** Limits and time-outs; the limit of the content bounds what is kept, and not what is sent. */
  readonly limits: ServeOptions;
  /** Gets the chain of each request; undefined when it is off. */
  readonly log: ChainLog | undefined;
  /** Gets an entry for each response; undefined when it is off. */
  readonly access: AccessLog | undefined;
  /** The time. */
  readonly clock: Clock;
  /** Makes the ids; by default from the time of this machine. */
  readonly ids?: TrapIds;
  /** Called with failures outside of requests. */
  readonly onError: (error: unknown, remote: NetAddress) => void;
}
