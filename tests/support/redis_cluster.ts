// Debian's redis-server: a cluster on free ports of this machine, its files in a directory of its own.

import { askRedis } from "./ask_redis.ts";
import { reservePorts } from "./reserved_ports.ts";

/** How a cluster is started. */
export interface RedisClusterOptions {
  /** Servers that own slots; default 3. A single server is not a cluster. */
  readonly primaries?: number;
  /** Replicas of each; default 2. */
  readonly replicas?: number;
  /** appendfsync; default `always`. */
  readonly appendfsync?: "always" | "everysec" | "no";
  /**
   * cluster-node-timeout; default 2,000. On a very busy machine servers take each other for lost after so short a time,
   * so tests that are not about failovers have a longer one.
   */
  readonly nodeTimeoutMs?: number;
  /** More settings, as `--name value` words. */
  readonly settings?: readonly string[];
}

/** One server. */
export interface RedisServer {
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** Whether its process runs. */
  readonly isRunning: boolean;
  /** Sends a signal if it runs; after SIGKILL waits for the end. */
  signal(name: Deno.Signal): Promise<void>;
  /** Starts it again with the same files. */
  start(): Promise<void>;
  /** Sends it a command. @returns its reply, also if that is a refusal */
  ask(...words: string[]): Promise<string>;
}

/** Servers that run until {@linkcode RedisCluster.stop}. */
export interface RedisCluster {
  /** All of them, the original primaries first. */
  readonly servers: readonly RedisServer[];
  /** The value of `--store`. */
  readonly url: string;
  /** The current primaries, as a running server sees them. */
  primaries(): Promise<RedisServer[]>;
  /** Waits until every slot is served and every primary has this many replicas in step. */
  settled(replicas?: number): Promise<void>;
  /** Starts the servers that a test has killed, wakes those that it has stopped, and waits until all is as at first. */
  heal(): Promise<void>;
  /** Ends all servers and removes their files. */
  stop(): Promise<void>;
}

let isRedisThere: boolean | undefined;

/** Whether redis-server is installed; checked once. */
export function hasRedis(): boolean {
  return isRedisThere ??= startsRedis();
}

function startsRedis(): boolean {
  try {
    return new Deno.Command("redis-server", { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Registers a test that needs redis-server; without it the test is skipped and says so. */
export function testWithRedis(
  name: string,
  run: () => Promise<void>,
  checks: Partial<Deno.TestDefinition> = {},
): void {
  if (hasRedis()) Deno.test({ name, fn: run, ...checks });
  else Deno.test({ name: `${name}: skipped, no redis-server`, ignore: true, fn: run });
}

/** Starts servers, joins them to a cluster if there is more than one, and waits until they are in step. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { primaries = 3, replicas = 2 } = options;
  const count = primaries * (1 + replicas);
  const directory = await Deno.makeTempDir({ prefix: "millrace-redis-" });
  const { ports, release } = reservePorts(count * 2);
  const servers = Array.from(
    { length: count },
    (_, index) =>
      new Server(
        { directory: `${directory}/${index}`, port: ports[index]!, busPort: ports[count + index]! },
        options,
      ),
  );
  const cluster = new Cluster(servers, replicas, async () => {
    release();
    await Deno.remove(directory, { recursive: true });
  });
  try {
    await Promise.all(servers.map((server) => server.start()));
    if (count > 1) {
      const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
      await redisCli([
        "--cluster",
        "create",
        ...addresses,
        "--cluster-replicas",
        String(replicas),
        "--cluster-yes",
      ]);
      await cluster.settled(replicas);
    }
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Runs something with a cluster, and stops the cluster in the end. */
export async function withRedisCluster(
  options: RedisClusterOptions,
  run: (cluster: RedisCluster) => Promise<void>,
): Promise<void> {
  const cluster = await startRedisCluster(options);
  try {
    await run(cluster);
  } finally {
    await cluster.stop();
  }
}

async function redisCli(args: readonly string[]): Promise<string> {
  const command = new Deno.Command("redis-cli", {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout);
  if (!success) throw new Error(`redis-cli ${args.join(" ")}: ${text}${new TextDecoder().decode(stderr)}`);
  return text.trimEnd();
}

interface ServerPlace {
  readonly directory: string;
  readonly port: number;
  readonly busPort: number;
}

class Server implements RedisServer {
  readonly #place: ServerPlace;
  readonly #options: RedisClusterOptions;
  #process: Deno.ChildProcess | undefined;

  constructor(place: ServerPlace, options: RedisClusterOptions) {
    this.#place = place;
    this.#options = options;
  }

  get port(): number {
    return this.#place.port;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  async start(): Promise<void> {
    const { directory, port, busPort } = this.#place;
    const { primaries = 3, replicas = 2, appendfsync = "always", settings = [] } = this.#options;
    const { nodeTimeoutMs = 2_000 } = this.#options;
    await Deno.mkdir(directory, { recursive: true });
    const clustered = primaries * (1 + replicas) > 1
      ? [
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        String(busPort),
        "--cluster-node-timeout",
        String(nodeTimeoutMs),
        // After a kill each primary must have as many replicas as before.
        "--cluster-allow-replica-migration",
        "no",
      ]
      : [];
    this.#process = new Deno.Command("redis-server", {
      args: [
        ...[
          "--bind",
          "127.0.0.1",
          "--port",
          String(port),
          "--dir",
          directory,
          "--save",
          "",
          "--appendonly",
          "yes",
        ],
        // By default a primary waits 5 s for more replicas before it sends them its data.
        ...["--repl-diskless-sync-delay", "0"],
        ...["--appendfsync", appendfsync, "--logfile", `${directory}/log`, ...clustered, ...settings],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await eventually(
      `redis-server on ${port}`,
      async () => /^(?:PONG|.*NOAUTH)/.test(await this.ask("PING")),
    );
  }

  async signal(name: Deno.Signal): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    process.kill(name);
    if (name !== "SIGKILL" && name !== "SIGTERM") return;
    this.#process = undefined;
    await process.status;
  }

  ask(...words: string[]): Promise<string> {
    return askRedis(this.port, words);
  }
}

class Cluster implements RedisCluster {
  readonly servers: readonly RedisServer[];
  readonly #replicas: number;
  readonly #cleanUp: () => Promise<void>;

  constructor(servers: readonly RedisServer[], replicas: number, cleanUp: () => Promise<void>) {
    this.servers = servers;
    this.#replicas = replicas;
    this.#cleanUp = cleanUp;
  }

  get url(): string {
    return `redis://${this.servers.map(({ port }) => `127.0.0.1:${port}`).join(",")}`;
  }

  async primaries(): Promise<RedisServer[]> {
    const roles = await Promise.all(
      this.servers.map(async (server) => server.isRunning && (await server.ask("ROLE")).startsWith("master")),
    );
    return this.servers.filter((_, index) => roles[index]);
  }

  async settled(replicas: number = 1): Promise<void> {
    await eventually("the cluster", async () => {
      const running = this.servers.filter(({ isRunning }) => isRunning);
      const infos = await Promise.all(running.map((server) => server.ask("CLUSTER", "INFO")));
      if (!infos.every((info) => info.includes("cluster_state:ok") && info.includes("slots_ok:16384"))) {
        return false;
      }
      const views = await Promise.all(running.map((server) => server.ask("CLUSTER", "NODES")));
      if (new Set(views.map(ownersIn)).size !== 1) return false;
      const replications = await Promise.all(running.map((server) => server.ask("INFO", "replication")));
      const primaries = replications.filter((text) => text.includes("role:master"));
      const inStep = (text: string): number => [...text.matchAll(/state=online/g)].length;
      return primaries.length >= 3 && primaries.every((text) => inStep(text) >= replicas) &&
        replications.every((text) => !text.includes("master_link_status:down"));
    });
  }

  async heal(): Promise<void> {
    await Promise.all(
      this.servers.map((server) => server.isRunning ? server.signal("SIGCONT") : server.start()),
    );
    await this.settled(this.#replicas);
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.signal("SIGKILL")));
    await this.#cleanUp();
  }
}

// The owners of the slots in a reply to CLUSTER NODES. While servers disagree about them, slots cannot be moved.
function ownersIn(view: string): string {
  const owners = view.split("\n").map((line) => line.trim().split(" ")).filter((words) => words.length > 8);
  return owners.map(([id, ...words]) => [id, ...words.slice(7)].join(" ")).sort().join("\n");
}

// A cluster of nine on a busy machine takes some seconds to agree.
const DEADLINE_MS = 120_000;

/** Checks again and again until it is true. @throws {Error} when it does not become true within two minutes */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
