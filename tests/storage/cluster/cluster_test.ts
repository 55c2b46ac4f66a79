import { assertEquals, assertRejects } from "@std/assert";
import { createDeferred } from "../../../src/base/deferred.ts";
import { Cluster, type RunOptions } from "../../../src/storage/cluster/cluster.ts";
import { ReplyError, StoreError } from "../../../src/storage/cluster/redis_connection.ts";
import { createFakeRedis, type Script } from "./fake_redis.ts";

const A = { hostname: "a", port: 1 };
const B = { hostname: "b", port: 2 };
const WRITE: RunOptions = { role: "write", replicas: 0, deadlineMs: 5_000 };

// Two servers, with the lower half of the slots at a.
const NODES = "1 a:1@9 master - 0 0 1 connected 0-8191\n2 b:2@9 master - 0 0 2 connected 8192-16383";
const NODES_AFTER = "1 a:1@9 master,fail - 0 0 1 disconnected\n2 b:2@9 master - 0 0 3 connected 0-16383";

function createCluster(script: Script): { cluster: Cluster; sent: string[] } {
  const { connector, sent } = createFakeRedis((command, node) => {
    const reply = script(command, node);
    return reply === null && command === "CLUSTER NODES" ? NODES : reply ?? "OK";
  });
  return {
    cluster: new Cluster({ seeds: [A], connector, isClustered: true, library: "code", firstTryMs: 50 }),
    sent,
  };
}

const SETS = [{ slot: 0, command: ["SET", "x", "1"] }, { slot: 9_000, command: ["SET", "y", "2"] }];

Deno.test("Cluster.run() sends each command to the owner of its slot and gives replies in order", async () => {
  const { cluster, sent } = createCluster((command, node) =>
    command.startsWith("GET") ? `${command}@${node}` : null
  );
  const requests = [9_000, 1, 16_383, 2].map((slot) => ({ slot, command: ["GET", String(slot)] }));
  assertEquals(await cluster.run(requests, WRITE), [
    "GET 9000@b:2",
    "GET 1@a:1",
    "GET 16383@b:2",
    "GET 2@a:1",
  ]);
  assertEquals(sent.slice(1), ["b:2#1 GET 9000", "b:2#1 GET 16383", "a:1#2 GET 1", "a:1#2 GET 2"]);
  cluster.close();
});

Deno.test("Cluster.run() waits for replicas on the connection of the writes", async () => {
  const { cluster, sent } = createCluster((command) => command.startsWith("WAIT") ? 2 : null);
  await cluster.run(SETS, { ...WRITE, replicas: 1 });
  assertEquals(
    sent.slice(1).map((line) => line.split(" ", 2).join(" ")),
    [
      "a:1#2 SET",
      "b:2#1 SET",
      "a:1#2 WAIT",
      "b:2#1 WAIT",
    ].sort((x, y) =>
      sent.findIndex((line) => line.startsWith(x)) - sent.findIndex((line) => line.startsWith(y))
    ),
  );
  cluster.close();
});

Deno.test("Cluster.run() sends commands again that no replica has acknowledged, and fails at the deadline", async () => {
  let waits = 0;
  const { cluster, sent } = createCluster((command) =>
    command.startsWith("WAIT") ? (++waits < 3 ? 0 : 1) : null
  );
  await cluster.run([SETS[0]!], { ...WRITE, replicas: 1 });
  assertEquals(sent.filter((line) => line.includes("SET")).length, 3);
  waits = -1_000;
  await assertRejects(
    () => cluster.run([SETS[0]!], { ...WRITE, replicas: 1, deadlineMs: 60 }),
    StoreError,
    "no replica has acknowledged",
  );
  cluster.close();
});

Deno.test("Cluster.run() gives the reason of failed tries, not the slowness of the last one, which the deadline cut", async () => {
  let waits = 0;
  const { cluster } = createCluster((command) =>
    command.startsWith("WAIT") ? (waits++ === 0 ? 0 : "never") : null
  );
  await assertRejects(
    () => cluster.run([SETS[0]!], { ...WRITE, replicas: 1, deadlineMs: 60 }),
    StoreError,
    "no replica has acknowledged",
  );
  cluster.close();
});

const PASSING: readonly (readonly [name: string, reply: ReplyError | "gone"])[] = [
  ["a slot that moves (TRYAGAIN)", new ReplyError("TRYAGAIN Multiple keys request during rehashing of slot")],
  ["a cluster without a majority (CLUSTERDOWN)", new ReplyError("CLUSTERDOWN The cluster is down")],
  ["a server that loads (LOADING)", new ReplyError("LOADING Redis is loading the dataset in memory")],
  [
    "a primary that was deposed (READONLY)",
    new ReplyError("READONLY You can't write against a read only replica."),
  ],
  [
    "a script of half moved keys",
    new ReplyError("ERR Script attempted to access a non local key in a cluster node"),
  ],
  ["a connection that ends", "gone"],
];

for (const [name, reply] of PASSING) {
  Deno.test(`Cluster.run() outlasts ${name}`, async () => {
    let tries = 0;
    const { cluster, sent } = createCluster((command) =>
      command.startsWith("SET x") && ++tries < 3 ? reply : null
    );
    assertEquals(await cluster.run(SETS, WRITE), ["OK", "OK"]);
    assertEquals(tries, 3);
    // A command that has succeeded is not sent again.
    assertEquals(sent.filter((line) => line.includes("SET y")).length, 1);
    cluster.close();
  });
}

for (const [target, address] of [["b:2", "b:2"], ["a:3", ":3"]] as const) {
  Deno.test(`Cluster.run() follows MOVED to "${address}" at once, and asks for the map again`, async () => {
    const { cluster, sent } = createCluster((command, node) =>
      command.startsWith("SET x") && node === "a:1" ? new ReplyError(`MOVED 0 ${address}`) : null
    );
    assertEquals(await cluster.run([SETS[0]!], WRITE), ["OK"]);
    const sets = sent.filter((line) => line.includes("SET")).map((line) => line.replace(/#\d/, ""));
    assertEquals(sets, ["a:1 SET x 1", `${target} SET x 1`]);
    await cluster.refresh();
    assertEquals(sent.filter((line) => line.endsWith("CLUSTER NODES")).length >= 2, true);
    cluster.close();
  });
}

Deno.test("Cluster.run() asks a server that it was redirected to for the map, and stays with it", async () => {
  const { cluster, sent } = createCluster((command, node) => {
    if (command.startsWith("SET x") && node === "a:1") return new ReplyError("MOVED 0 a:3");
    return command === "CLUSTER NODES" && node === "a:3"
      ? `${NODES}\n3 a:3@9 myself,master - 0 0 3 connected 0`
      : null;
  });
  await cluster.run([SETS[0]!], WRITE);
  await cluster.refresh();
  await cluster.run([SETS[0]!], WRITE);
  const sets = sent.filter((line) => line.includes("SET")).map((line) => line.replace(/#\d+/, ""));
  assertEquals(sets, ["a:1 SET x 1", "a:3 SET x 1", "a:3 SET x 1"]);
  cluster.close();
});

Deno.test("Cluster.run() rests between redirections in a circle, and fails at the deadline", async () => {
  const { cluster, sent } = createCluster((command, node) =>
    command.startsWith("SET x") ? new ReplyError(`MOVED 0 ${node === "a:1" ? "b:2" : "a:1"}`) : null
  );
  await assertRejects(() => cluster.run([SETS[0]!], { ...WRITE, deadlineMs: 100 }), StoreError, "MOVED");
  assertEquals(sent.filter((line) => line.includes("SET")).length < 10, true);
  cluster.close();
});

Deno.test("Cluster.run() follows ASK once, with ASKING in front", async () => {
  const { cluster, sent } = createCluster((command, node) =>
    command.startsWith("SET x") && node === "a:1" ? new ReplyError("ASK 0 b:2") : null
  );
  assertEquals(await cluster.run([SETS[0]!], WRITE), ["OK"]);
  assertEquals(sent.slice(1), ["a:1#2 SET x 1", "b:2#1 ASKING", "b:2#1 SET x 1"]);
  assertEquals(await cluster.run([SETS[0]!], WRITE), ["OK"]);
  assertEquals(sent.slice(4), ["a:1#2 SET x 1", "b:2#1 ASKING", "b:2#1 SET x 1"]);
  cluster.close();
});

Deno.test("Cluster.run() gives its functions to a server that does not have them", async () => {
  let isLoaded = false;
  const { cluster, sent } = createCluster((command) => {
    if (command === "FUNCTION LOAD REPLACE code") isLoaded = true;
    return command.startsWith("SET x") && !isLoaded ? new ReplyError("ERR Function not found") : null;
  });
  assertEquals(await cluster.run([SETS[0]!], WRITE), ["OK"]);
  assertEquals(sent.slice(1), ["a:1#2 SET x 1", "a:1#2 FUNCTION LOAD REPLACE code", "a:1#2 SET x 1"]);
  cluster.close();
});

Deno.test("Cluster.run() goes to the new primary when the old one has gone or stopped", async () => {
  for (const fate of ["gone", "never"] as const) {
    let isLost = false;
    const { cluster } = createCluster((command, node) => {
      if (isLost && node === "a:1") return fate;
      return isLost && command === "CLUSTER NODES" ? NODES_AFTER : null;
    });
    await cluster.run(SETS, WRITE);
    isLost = true;
    assertEquals(await cluster.run(SETS, WRITE), ["OK", "OK"]);
    cluster.close();
  }
});

for (const [what, silent] of [["command", /^SET|^CLUSTER/], ["connection", /./]] as const) {
  Deno.test(`Cluster.run() leaves a stopped server as soon as the others have replaced it, after a ${what}`, async () => {
    let isLost = false;
    const { connector, sent } = createFakeRedis((command, node) => {
      if (isLost && node === "a:1" && silent.test(command)) return "never";
      if (command !== "CLUSTER NODES") return "OK";
      return isLost && sent.some((line) => /^b.*SET y/.test(line)) ? NODES_AFTER : NODES;
    });
    // The server itself has time until after the end of the run.
    const cluster = new Cluster({ seeds: [A, B], connector, isClustered: true, firstTryMs: 600_000 });
    if (what === "connection") isLost = true;
    await cluster.run([SETS[1]!], { ...WRITE, deadlineMs: 60_000 });
    isLost = true;
    assertEquals(await cluster.run(SETS, { ...WRITE, deadlineMs: 60_000 }), ["OK", "OK"]);
    assertEquals(sent.filter((line) => /^b.*SET x/.test(line)).length, 1);
    cluster.close();
  });
}

const FINAL: readonly (readonly [text: string, words: string])[] = [
  ["OOM command not allowed when used memory > 'maxmemory'.", "a:1 has no memory left (maxmemory)"],
  ["MISCONF Redis is configured to save RDB snapshots", "a:1 cannot write its file"],
  ["NOAUTH Authentication required.", "a:1 does not accept the user or the password"],
  ["NOPERM this user has no permissions", "a:1 does not allow this user"],
  ["ERR wrong number of arguments", 'a:1 said "ERR wrong number of arguments"'],
];

for (const [text, words] of FINAL) {
  Deno.test(`Cluster.run() gives up at once and says why: ${words}`, async () => {
    const { cluster, sent } = createCluster((command) =>
      command.startsWith("SET x") ? new ReplyError(text) : null
    );
    await assertRejects(() => cluster.run(SETS, WRITE), StoreError, words);
    assertEquals(sent.filter((line) => line.includes("SET x")).length, 1);
    cluster.close();
  });
}

Deno.test("Cluster.run() says when the password is wrong, and when no server can be reached", async () => {
  const { cluster: locked } = createCluster((command, node) =>
    command === "CONNECT" && node === "b:2"
      ? new ReplyError("WRONGPASS invalid username-password pair")
      : null
  );
  await assertRejects(
    () => locked.run(SETS, WRITE),
    StoreError,
    "b:2 does not accept the user or the password",
  );
  locked.close();
  const { cluster: away } = createCluster((command) => command === "CONNECT" ? "gone" : null);
  await assertRejects(() => away.run(SETS, { ...WRITE, deadlineMs: 30 }), StoreError, "Cannot reach a:1");
  away.close();
  await assertRejects(() => away.run(SETS, { ...WRITE, deadlineMs: 30 }), StoreError, "closed");
});

Deno.test("Cluster.close() ends pending commands, which are not tried again", async () => {
  const isSent = createDeferred<void>();
  const { cluster } = createCluster((command) => {
    if (!command.startsWith("SET")) return null;
    isSent.resolve();
    return "never";
  });
  const run = cluster.run([SETS[0]!], { ...WRITE, deadlineMs: 600_000 });
  const failed = assertRejects(() => run, StoreError);
  await isSent.promise;
  cluster.close();
  await failed;
});

Deno.test("Cluster without slots sends everything to its one server", async () => {
  const { connector, sent } = createFakeRedis(() => "OK");
  const cluster = new Cluster({ seeds: [A], connector, isClustered: false });
  assertEquals(await cluster.run(SETS, WRITE), ["OK", "OK"]);
  assertEquals(sent, ["a:1#1 SET x 1", "a:1#1 SET y 2"]);
  cluster.close();
});
