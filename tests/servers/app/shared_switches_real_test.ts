// The app on two nodes with one store.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { commandLineOf } from "../../runtimes/command_line.ts";
import type { Program } from "../../support/program.ts";
import { eventually } from "../../support/redis_cluster.ts";
import { shareRedisCluster } from "../../support/shared_redis_cluster.ts";

const cluster = shareRedisCluster({ replicas: 1, nodeTimeoutMs: 10_000 });

async function ask(node: Program, path: string, method = "GET"): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${node.port}${path}`, {
    method,
    headers: { "Accept": "text/plain" },
    redirect: "manual",
  });
  return { status: response.status, text: await response.text() };
}

async function stateOf(node: Program): Promise<string> {
  const { text } = await ask(node, "/");
  return `${/access log: (\w+)/.exec(text)?.[1]} ${/error display: (\w+)/.exec(text)?.[1]}`;
}

// Servers that are stopped and go on are back at once; after a kill they wait for each other for some seconds.
for (
  const { scope, outage } of [{ scope: "client", outage: "SIGKILL" }, {
    scope: "global",
    outage: "SIGSTOP",
  }] as const
) {
  cluster.testOfServers(
    `appCommand shares log form and error display between nodes, --scope ${scope}, through a ${outage} of all servers`,
    async () => {
      await cluster.empty();
      const { servers } = cluster;
      const { startProgram } = commandLineOf("Deno", Deno.execPath());
      const flags = ["app", "--store", servers.url, "--scope", scope, "--access-log", "off"];
      const nodes = await Promise.all([startProgram(flags), startProgram(flags)]);
      try {
        assertEquals(await stateOf(nodes[1]), "full off");
        assertEquals((await ask(nodes[0], "/short_log/1", "POST")).status, 200);
        assertEquals(await stateOf(nodes[0]), "short off");
        await eventually(
          "the log form on the other node",
          async () => await stateOf(nodes[1]) === "short off",
        );
        assertEquals((await ask(nodes[1], "/show_errors/1")).status, 200);
        await eventually("the error display", async () => await stateOf(nodes[0]) === "short on");
        // A node that starts later knows it from the start.
        const later = await startProgram(flags);
        assertEquals(await stateOf(later), "short on");
        await later.stop();
        // Without the store a node goes on with the switches that it knows; only a new switch has to wait for the store.
        await Promise.all(servers.servers.map((server) => server.signal(outage)));
        assertEquals(await stateOf(nodes[0]), "short on");
        const refused = await ask(nodes[0], "/short_log/0", "POST");
        assertEquals(refused.status, 503);
        assertStringIncludes(refused.text, "503");
        await Promise.all(
          servers.servers.map((server) => outage === "SIGKILL" ? server.start() : server.signal("SIGCONT")),
        );
        await eventually(
          "the switch",
          async () => (await ask(nodes[0], "/short_log/0", "POST")).status === 200,
        );
        await eventually("the log form", async () => await stateOf(nodes[1]) === "full on");
      } finally {
        await Promise.all(nodes.map((node) => node.stop()));
      }
    },
  );
}
