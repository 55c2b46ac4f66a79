// The program with --store on every runtime: two nodes, one store.

import { assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
import { connect } from "../../../../src/net/listen.ts";
import { runServer } from "../../../../src/servers/metrics/run_server.ts";
import { bundled } from "../../../runtimes/bundled.ts";
import { commandLineOf } from "../../../runtimes/command_line.ts";
import { RUNTIMES } from "../../../runtimes/runtimes.ts";
import { eventually } from "../../../support/redis_cluster.ts";
import { runCommand } from "../../../support/program.ts";
import { shareCluster } from "./shared_cluster.ts";

const cluster = shareCluster({ replicas: 1, nodeTimeoutMs: 10_000 });

/** Sends lines, then FIN. @returns all replies */
async function ask(port: number, lines: string): Promise<string> {
  const connection = await connect({ hostname: "127.0.0.1", port });
  try {
    await connection.write(new TextEncoder().encode(lines));
    await connection.closeWrite();
    return await new Response(connection.readable).text();
  } finally {
    connection.close();
  }
}

/** Puts the client package beside the bundle, as npm does, because it is not part of the bundle. */
async function installClient(): Promise<void> {
  const { stdout } = await runCommand(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stdin: "null" }),
  );
  const { npmCache } = JSON.parse(stdout) as { npmCache: string };
  const [registry] = Array.from(Deno.readDirSync(npmCache)).filter(({ isDirectory }) => isDirectory);
  const versions = `${npmCache}/${registry!.name}/@redis/client`;
  const [version] = Array.from(Deno.readDirSync(versions)).filter(({ isDirectory }) => isDirectory);
  const modules = `${dirname(await bundled())}/node_modules/@redis`;
  await Deno.mkdir(modules, { recursive: true });
  await Deno.symlink(`${versions}/${version!.name}`, `${modules}/client`).catch(() => {});
}

for (const { name, binary } of RUNTIMES) {
  if (binary === undefined) continue;
  cluster.testOfServers(`metricsCommand shares a store between nodes, on ${name}`, async () => {
    await cluster.empty();
    if (name !== "Deno") await installClient();
    const { startProgram } = commandLineOf(name, binary);
    const flags = ["metrics", "--store", cluster.servers.url];
    const nodes = await Promise.all([startProgram(flags), startProgram(flags)]);
    try {
      const [one, other] = nodes.map(({ port }) => port) as [number, number];
      assertEquals(await ask(one, "put b 1.5 7\nput a nan 5\nput b -0.0 6\n"), "ok\n\nok\n\nok\n\n");
      assertEquals(await ask(other, "get *\nkeys *\n"), "ok\nb -0.0 6\nb 1.5 7\na nan 5\n\nok\nb\na\n\n");
      assertEquals(await ask(other, "put b 2 7\ndelete a\nput c 1 2\n"), "ok\n\nok\n\nok\n\n");
      assertEquals(
        await ask(one, "get {a,b} 7 9\nget *\n"),
        "ok\nb 2.0 7\n\nok\nb -0.0 6\nb 2.0 7\nc 1.0 2\n\n",
      );
    } finally {
      const ended = await Promise.all(nodes.map((node) => node.stop()));
      assertEquals(ended.map(({ code }) => code), [0, 0]);
    }
  });
}

cluster.testOfServers(
  "metricsCommand outlives its store: it is not ready, refuses puts, and recovers by itself",
  async () => {
    await cluster.empty();
    const { startProgram } = commandLineOf("Deno", Deno.execPath());
    const node = await startProgram(["metrics", "--store", cluster.servers.url, "--admin-port", "0"]);
    await node.until("stdout", /admin listening on (\S+)/);
    const admin = /admin listening on (\S+)/.exec(node.stdout)![1]!;
    const readiness = async (): Promise<number> => {
      const response = await fetch(`${admin}readyz`);
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await readiness(), 200);
    // A put waits 15 s for a failover. A server of this process with the same store waits for a shorter time.
    const hasty = await runServer("127.0.0.1", 0, { store: await cluster.open({ deadlineMs: 1_500 }) });
    const { servers } = cluster.servers;
    await Promise.all(servers.map((server) => server.signal("SIGKILL")));
    await eventually("503", async () => await readiness() === 503);
    assertEquals(
      await ask(hasty.address.port, "put a 1 1\nget a\n"),
      "error\nstorage failed\n\nerror\nstorage failed\n\n",
    );
    await Promise.all(servers.map((server) => server.start()));
    await eventually("200", async () => await readiness() === 200);
    for (const port of [node.port, hasty.address.port]) {
      await eventually("a put", async () => await ask(port, "put a 1 1\n") === "ok\n\n");
    }
    await hasty.close();
    assertMatch(node.stderr, /the store is away: .*\n(?:.*\n)*.*the store is back/);
    assertEquals((await node.stop()).code, 0);
  },
);

cluster.test("metricsCommand says in one line what is wrong with --store, and never shows its password", async () => {
  const { runProgram } = commandLineOf("Deno", Deno.execPath());
  const rows: readonly (readonly [args: readonly string[], code: number, said: RegExp])[] = [
    [["--store", "redis://u:secret@"], 2, /^millrace: bad value for --store: expected redis:\/\/.*\n$/],
    [
      ["--store", "redis://u:secret@127.0.0.1:1"],
      1,
      /^millrace: bad value for --store: .*127\.0\.0\.1:1.*\n$/,
    ],
    [["--store", cluster.servers.url.replace("//", "//u:secret@")], 2, /^millrace: .*password\n$/],
    [["--store", cluster.servers.url, "--data", "x.db"], 2, /^millrace: .*--data is given too\n$/],
    [["--ack", "primary"], 2, /^millrace: .*together with --store\n$/],
  ];
  for (const [args, code, said] of rows) {
    const ended = await runProgram(["metrics", "--port", "0", ...args]);
    assertEquals({ code: ended.code, includesSecret: ended.stderr.includes("secret") }, {
      code,
      includesSecret: false,
    }, ended.stderr);
    assertMatch(ended.stderr, said);
  }
});
