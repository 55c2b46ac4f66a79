import { assertEquals, assertRejects } from "@std/assert";
import { openCluster } from "../../../src/storage/cluster/server_checks.ts";
import { ReplyError } from "../../../src/storage/cluster/redis_connection.ts";
import { StoreOpenError, type StoreOpenErrorCode } from "../../../src/storage/store_open_error.ts";
import { createFakeRedis, type Script } from "./fake_redis.ts";

const ADDRESS = { nodes: [{ hostname: "gone", port: 1 }, { hostname: "a", port: 1 }], isEncrypted: false };
const NOPERM = new ReplyError("NOPERM this user has no permissions to run the 'config' command");

/** Replies of a properly configured server, by the words of the command. */
const GOOD: Readonly<Record<string, string>> = {
  "INFO cluster": "# Cluster\r\ncluster_enabled:1\r\n",
  "INFO memory": "# Memory\r\nmaxmemory_policy:noeviction\r\n",
  "CLUSTER NODES": "1 a:1@9 master - 0 0 1 connected 0-16383",
};

function scriptOf(changes: Readonly<Record<string, string | ReplyError>>): Script {
  return (command, node) => {
    if (command === "CONNECT") {
      return changes["CONNECT"] instanceof ReplyError ? changes["CONNECT"] : goneOr(node);
    }
    const change = changes[command] ?? GOOD[command];
    if (change !== undefined) return change;
    if (command === "CONFIG GET appendfsync") return ["appendfsync", "always"];
    return command === "CONFIG GET appendonly" ? ["appendonly", "yes"] : "OK";
  };
}

function goneOr(node: string): "OK" | "gone" {
  return node === "gone:1" ? "gone" : "OK";
}

async function open(
  script: Script,
  needsReplicas: "replicas" | "no replicas" = "replicas",
): Promise<string[]> {
  const notices: string[] = [];
  const { connector } = createFakeRedis(script);
  const cluster = await openCluster({
    address: ADDRESS,
    needsReplicas: needsReplicas === "replicas",
    connector,
    onNotice: (message) => notices.push(message),
  });
  cluster.close();
  return notices;
}

Deno.test("openCluster() takes a properly configured cluster, through the first server that can be reached", async () => {
  assertEquals(await open(scriptOf({})), []);
});

const REFUSED:
  readonly (readonly [changes: Record<string, string | ReplyError>, StoreOpenErrorCode, string])[] = [
    [{ "INFO memory": "maxmemory_policy:allkeys-lru\r\n" }, "foreign", "maxmemory-policy is allkeys-lru"],
    [{ "CONFIG GET appendfsync": "no" }, "foreign", "appendfsync is no"],
    [{ "INFO cluster": "cluster_enabled:0\r\n" }, "foreign", "it is no cluster"],
    [
      { "CLUSTER NODES": "1 a:1@9 master - 0 0 1 connected 0-16382" },
      "foreign",
      "slots of the cluster have no server",
    ],
    [{ "INFO cluster": new ReplyError("NOAUTH Authentication required.") }, "denied", "user or the password"],
    [
      { CONNECT: new ReplyError("WRONGPASS invalid username-password pair") },
      "denied",
      "user or the password",
    ],
  ];

for (const [changes, code, words] of REFUSED) {
  Deno.test(`openCluster() refuses in one line: ${words} (${Object.keys(changes)})`, async () => {
    const script = scriptOf(changes);
    const list: Script = (command, node) => {
      const reply = script(command, node);
      return command.startsWith("CONFIG GET") && typeof reply === "string"
        ? [command.slice(11), reply]
        : reply;
    };
    const error = await assertRejects(() => open(list), StoreOpenError, words);
    assertEquals((error as StoreOpenError).code, code);
    assertEquals((error as StoreOpenError).message.includes("\n"), false);
  });
}

Deno.test("openCluster() takes one server alone, and any appendfsync, when no replica is needed", async () => {
  const script: Script = (command, node) => {
    if (command === "CONFIG GET appendfsync") return ["appendfsync", "no"];
    return scriptOf({ "INFO cluster": "cluster_enabled:0\r\n" })(command, node);
  };
  assertEquals(await open(script, "no replicas"), []);
});

Deno.test("openCluster() says if a failover takes longer than writes wait, which is no matter without a cluster", async () => {
  const script: Script = (command, node) =>
    command === "CONFIG GET cluster-node-timeout"
      ? ["cluster-node-timeout", "15000"]
      : scriptOf({})(command, node);
  assertEquals(await open(script), [
    "cluster-node-timeout is 15000 ms: a failover takes longer than writes wait, 5000 is better",
  ]);
  const alone: Script = (command, node) =>
    command === "INFO cluster" ? "cluster_enabled:0\r\n" : script(command, node);
  assertEquals(await open(alone, "no replicas"), []);
});

Deno.test("openCluster() reports the settings that it may not read, and goes on", async () => {
  const notices = await open(scriptOf({
    "INFO memory": NOPERM,
    "CONFIG GET appendfsync": NOPERM,
    "CONFIG GET appendonly": NOPERM,
  }));
  assertEquals(notices.map((line) => line.split(":")[0]), [
    "the store does not tell its eviction policy",
    "the store does not tell appendfsync",
  ]);
});

for (const failing of ["CONNECT", "INFO cluster", "INFO memory"]) {
  Deno.test(`openCluster() asks again if a busy server fails during the checks: ${failing}`, async () => {
    let looks = 0;
    const script = scriptOf({});
    const notices = await open((command, node) =>
      command === failing && node === "a:1" && ++looks < 3 ? "gone" : script(command, node)
    );
    assertEquals({ notices, isPatient: looks >= 3 }, { notices: [], isPatient: true });
  });
}

Deno.test("openCluster() says when no server can be reached", async () => {
  const error = await assertRejects(() => open(() => "gone"), StoreOpenError, "Cannot reach a:1");
  assertEquals((error as StoreOpenError).code, "failed");
});
