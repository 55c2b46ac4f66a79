import type { Connection } from "../../../net/connection.ts";
import type { CommandReader } from "../protocol/command_reader.ts";
import type { ServerCounts } from "../server_counts.ts";
import type { MetricStore } from "../store.ts";
import type { LargeReplies } from "./large_replies.ts";
import type { ReplyPool } from "./reply_buffer.ts";
import type { WorkTurns } from "./work_turns.ts";

/** The end of a connection that a session writes to. */
export type SessionConnection = Pick<Connection, "write" | "transmit" | "close" | "remote">;

/** The bytes of one read. */
export interface ReceivedBytes {
  /** The buffer that holds them at its start. */
  readonly bytes: Uint8Array;
  /** Their number. */
  readonly count: number;
  /** Whether they were there with those of the last read, and only the size of our buffer cut them off. */
  readonly isContinued: boolean;
}

/** Events that sessions report to the logs. */
export interface SessionEvents {
  /**
   * A line was refused.
   *
   * @param line undefined when it was over the limit
   * @param reason the line of the reply after `error`
   */
  refused?(client: SessionConnection, line: Uint8Array | undefined, reason: string): void;
  /** A line got its reply. @param line undefined when it was over the limit */
  answered?(client: SessionConnection, line: Uint8Array | undefined, status: "ok" | "error"): void;
  /** The store failed; the client got an error instead of its replies. */
  failed?(error: unknown): void;
}

/** Parts that all sessions of a server share, so that ten thousand idle clients hold little of their own. */
export interface SessionParts {
  /** The store that the commands read and change. */
  readonly store: MetricStore;
  /** Reads a line; its fields are not used after a session has waited. */
  readonly commands: CommandReader;
  /** Buffers for the replies of one read; an idle client holds none. */
  readonly replies: ReplyPool;
  /** Shares the event loop among busy clients. */
  readonly turns: WorkTurns;
  /** Grants the right to send a large reply. */
  readonly largeReplies: LargeReplies;
  /** Counts the work. */
  readonly counts: ServerCounts;
  /** Hears the events. */
  readonly events: SessionEvents;
}
