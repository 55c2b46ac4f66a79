// Single-node connections of @redis/client. The package is loaded only when a store is asked for.

import { Buffer } from "node:buffer";
import type { RedisClientOptions } from "@redis/client";
import {
  type ListenRequest,
  type RedisCommand,
  type RedisConnection,
  type RedisConnector,
  type RedisSubscription,
  type Reply,
  ReplyError,
  StoreError,
} from "./redis_connection.ts";
import { ownMessageOf } from "../../base/error_text.ts";
import { afterSilence } from "./silence.ts";
import { type NodeAddress, showNode, type StoreAddress } from "./store_address.ts";

type RedisPackage = typeof import("@redis/client");

// The variable keeps runtimes and bundlers from fetching the package before it is needed.
const PACKAGE_NAME = "@redis/client";

const CONNECT_TIMEOUT_MS = 2_000;

// A batch is at most 256 partitions in a few pieces, a window of rows at most some thousand commands.
const MAX_WAITING_COMMANDS = 100_000;

// At each 16 KiB of a batch the package waits until the system has taken them; this size lets a batch pass
// whole.
const WRITE_BUFFER_BYTES = 4 * 1_048_576;

/**
 * Loads the client package.
 *
 * @throws {StoreError} it is not installed
 */
export async function loadConnector(address: StoreAddress): Promise<RedisConnector> {
  let redis: RedisPackage;
  try {
    redis = await import(PACKAGE_NAME) as RedisPackage;
  } catch (cause) {
    throw new StoreError(
      `Cannot load "${PACKAGE_NAME}": it is not installed (npm install ${PACKAGE_NAME})`,
      { cause },
    );
  }
  return {
    connect: (node, signal) => connect(redis, optionsFor(address, node), signal),
    subscribe: (request) => subscribe(redis, optionsFor(address, request.node), request),
  };
}

function optionsFor(address: StoreAddress, node: NodeAddress): RedisClientOptions {
  const socket = {
    host: node.hostname,
    port: node.port,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectStrategy: false as const,
    writableHighWaterMark: WRITE_BUFFER_BYTES,
  };
  return {
    socket: address.isEncrypted ? { ...socket, tls: true } : socket,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    commandsQueueMaxLength: MAX_WAITING_COMMANDS,
  };
}

async function connect(
  redis: RedisPackage,
  options: RedisClientOptions,
  signal: AbortSignal | undefined,
): Promise<RedisConnection> {
  const client = redis.createClient(options);
  // Without a listener the package would end the process; each lost command reports itself.
  client.on("error", () => {});
  const where = whereOf(options);
  await opened(client, { where, redis, signal });
  // The callers have deadlines. The time-out of the package (6.3.1) is 5 s and makes a signal and a timer for each
  // command: the exceptions of those signals alone took 6 % of the trap's time (Deno 2.9.6).
  const replyOptions = { typeMapping: { [redis.RESP_TYPES.BLOB_STRING]: Buffer }, timeout: 0 };
  return {
    get isOpen(): boolean {
      return client.isReady;
    },
    async send(command: RedisCommand): Promise<Reply> {
      try {
        // The package only reads the array, but its type does not say so.
        return await client.sendCommand(command as (string | Buffer)[], replyOptions) as unknown as Reply;
      } catch (error) {
        throw translate(error, redis, where);
      }
    },
    close: () => client.destroy(),
  };
}

async function subscribe(
  redis: RedisPackage,
  options: RedisClientOptions,
  { channel, onMessage, onEnd }: ListenRequest,
): Promise<RedisSubscription> {
  const client = redis.createClient(options);
  client.on("error", () => {});
  client.once("terminated", onEnd);
  await opened(client, { where: whereOf(options), redis });
  await client.subscribe(channel, onMessage);
  return { close: () => client.destroy() };
}

interface Attempt {
  readonly where: string;
  readonly redis: RedisPackage;
  readonly signal?: AbortSignal | undefined;
}

// The connect time-out of the package ends with the TCP handshake: a stopped process completes it and then says nothing.
async function opened(
  client: { connect(): Promise<unknown>; destroy(): void },
  { where, redis, signal }: Attempt,
): Promise<void> {
  const end = (): void => client.destroy();
  const stopTimer = afterSilence(CONNECT_TIMEOUT_MS, end);
  signal?.addEventListener("abort", end);
  try {
    await client.connect();
  } catch (error) {
    client.destroy();
    throw translate(error, redis, where);
  } finally {
    stopTimer();
    signal?.removeEventListener("abort", end);
  }
}

function whereOf({ socket }: RedisClientOptions): string {
  const { host = "", port = 0 } = socket as { host?: string; port?: number };
  return showNode({ hostname: host, port });
}

function translate(error: unknown, redis: RedisPackage, where: string): Error {
  if (error instanceof redis.ErrorReply) return new ReplyError(error.message);
  // We end a connection whose server says nothing in time; then its commands fail with these errors.
  const isSilent = error instanceof redis.DisconnectsClientError ||
    error instanceof redis.ClientClosedError || error instanceof redis.ConnectionTimeoutError;
  if (isSilent) return new StoreError(`Cannot reach ${where}: it does not reply`);
  return new StoreError(`Cannot reach ${where}: ${ownMessageOf(error)}`, { cause: error });
}
