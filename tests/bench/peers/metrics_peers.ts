import type { Dialect } from "../clients/metrics_load.ts";
import type { Bench } from "../section.ts";
import { findFreePort, type Peer } from "./peer.ts";

const PROGRAM = decodeURIComponent(new URL("../../../mod.ts", import.meta.url).pathname);

/** A server of samples. */
export interface MetricsPeer extends Peer {
  /** The protocol in which it takes a put. */
  readonly dialect: Dialect;
  /** Its share of the puts that the fast servers get. */
  readonly share: number;
}

/** Samples in memory, or on disk soon: a reply to a put does not promise that they survive. */
export function createMemoryPeers(): readonly MetricsPeer[] {
  return [createMillrace("memory"), createRedis("memory"), createVictoria(), createCarbon()];
}

/** Samples that are on disk before the reply to the put. */
export function createDurablePeers(): readonly MetricsPeer[] {
  return [createMillrace("disk"), createRedis("disk")];
}

/** The kind of store, for the names of files. */
export type Medium = "memory" | "disk";

/** Our server. Its file, if it has one, is `metrics.db` in the folder of the run. */
export function createMillrace(medium: Medium): MetricsPeer {
  const settings = ["metrics", "--port", "0", "--error-log", "off"];
  const permissions = ["--allow-net", "--allow-read", "--allow-write"];
  const start = [Deno.execPath(), "run", "--quiet", ...permissions, PROGRAM, ...settings];
  return {
    name: "metrics",
    title: "millrace metrics",
    isOurs: true,
    tool: "deno",
    dialect: "millrace",
    share: 1,
    command: ({ folder }) => medium === "memory" ? start : [...start, "--data", `${folder}/metrics.db`],
  };
}

/** Redis without persistence, or with a log that is synced before each reply. */
export function createRedis(medium: Medium): MetricsPeer {
  let port = 0;
  return {
    name: "redis",
    title: "redis-server HSET",
    tool: "redis-server",
    dialect: "redis",
    share: 1,
    choosePort: () => Promise.resolve(port = findFreePort()),
    command: ({ folder }) => [
      "redis-server",
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--hash-max-listpack-entries", "0", "--loglevel", "warning"],
      ...(medium === "memory" ? ["--appendonly", "no"] : ["--appendonly", "yes", "--appendfsync", "always"]),
    ],
  };
}

function createVictoria(): MetricsPeer {
  let port = 0;
  return {
    name: "victoria",
    title: "victoria-metrics",
    tool: "victoria-metrics",
    dialect: "graphite",
    share: 1,
    choosePort: () => Promise.resolve(port = findFreePort()),
    command: ({ folder }) => [
      "victoria-metrics",
      `-storageDataPath=${folder}/victoria`,
      `-httpListenAddr=127.0.0.1:${findFreePort()}`,
      `-graphiteListenAddr=127.0.0.1:${port}`,
      // The timestamps of the load are of a day long ago.
      "-retentionPeriod=100y",
    ],
  };
}

// A hundredth, because in a second it takes about a hundredth of what the others take.
function createCarbon(): MetricsPeer {
  let port = 0;
  return {
    name: "carbon",
    title: "graphite-carbon",
    tool: "carbon-cache",
    dialect: "graphite",
    share: 0.01,
    choosePort: async (bench) => {
      port = findFreePort();
      await writeCarbonSettings(bench, port);
      return port;
    },
    // Nobody reads its log on stdout, and a full pipe would hold it back.
    command: ({ folder }) => [
      ...["sh", "-c", 'exec "$@" > /dev/null', "sh"],
      ...["carbon-cache", "--nodaemon", `--config=${folder}/carbon/carbon.conf`, "start"],
    ],
  };
}

async function writeCarbonSettings({ folder }: Bench, port: number): Promise<void> {
  const home = `${folder}/carbon`;
  await Deno.mkdir(home, { recursive: true });
  const places = ["STORAGE_DIR", "CONF_DIR", "LOG_DIR", "PID_DIR"].map((name) => `${name} = ${home}`);
  const settings = [
    "[cache]",
    ...places,
    `LOCAL_DATA_DIR = ${home}/whisper`,
    "USER =",
    "LINE_RECEIVER_INTERFACE = 127.0.0.1",
    `LINE_RECEIVER_PORT = ${port}`,
    "PICKLE_RECEIVER_INTERFACE = 127.0.0.1",
    "PICKLE_RECEIVER_PORT = 0",
    "CACHE_QUERY_INTERFACE = 127.0.0.1",
    "CACHE_QUERY_PORT = 0",
    "ENABLE_TAGS = False",
    "LOG_UPDATES = False",
  ];
  await Deno.writeTextFile(`${home}/carbon.conf`, settings.join("\n") + "\n");
  await Deno.writeTextFile(
    `${home}/storage-schemas.conf`,
    "[all]\npattern = .*\nretentions = 10s:1d\n",
  );
}
