// The trap on two nodes with one store: one list.

import { assertEquals, assertMatch } from "@std/assert";
import { LIST_KEY } from "../../../../src/servers/trap/cluster/list_entry.ts";
import { commandLineOf } from "../../../runtimes/command_line.ts";
import { type Program, ROOT } from "../../../support/program.ts";
import { eventually } from "../../../support/redis_cluster.ts";
import { shareRedisCluster } from "../../../support/shared_redis_cluster.ts";

const cluster = shareRedisCluster({ replicas: 1, nodeTimeoutMs: 10_000 });

const { startProgram } = commandLineOf("Deno", Deno.execPath());

/** A trap, and its page. */
interface Node {
  readonly program: Program;
  readonly url: string;
  readonly api: string;
}

async function startNode(store: string, ...flags: string[]): Promise<Node> {
  const program = await startProgram(["trap", "--store", store, "--ui-port", "0", "--log", "off", ...flags]);
  await program.until("stdout", /ui listening on \S+\n/);
  const api = `${/ui listening on (\S+)/.exec(program.stdout)![1]}api`;
  return { program, url: `http://127.0.0.1:${program.port}`, api };
}

async function send(url: string, body?: Uint8Array<ArrayBuffer>): Promise<number> {
  const response = await fetch(url, body === undefined ? {} : { method: "POST", body });
  await response.body?.cancel();
  return response.status;
}

async function targetsOf({ api }: Node): Promise<string[]> {
  const { requests } = await (await fetch(`${api}/requests`)).json();
  return requests.map(({ target }: { target: string }) => target);
}

async function idOf({ api }: Node, target: string): Promise<string> {
  const { requests } = await (await fetch(`${api}/requests`)).json();
  return requests.find((request: { target: string }) => request.target === target).id;
}

function eventuallyHas(node: Node, targets: readonly string[]): Promise<void> {
  return eventually(`${targets} in the list`, async () => (await targetsOf(node)).join() === targets.join());
}

async function remove(url: string): Promise<void> {
  const response = await fetch(url, { method: "DELETE" });
  await response.body?.cancel();
  assertEquals(response.status, 204);
}

/** Makes a user with the rights that docs/scale.md names. @returns the store with its name and password */
async function createUser(): Promise<string> {
  const text = await Deno.readTextFile(`${ROOT}docs/scale.md`);
  const [, rights] = /The user needs\s+`([^`]+)`/.exec(text)!;
  const rules = ["ACL", "SETUSER", "millrace", "reset", "on", ">secret", ...rights!.split(" ")];
  const { servers, url } = cluster.servers;
  for (const server of servers) assertEquals(await server.ask(...rules), "OK");
  return url.replace("//", "//millrace:secret@");
}

async function withNodes(
  flags: readonly string[],
  run: (
    nodes: readonly [Node, Node],
    parts: { readonly store: string; stopServers(): Promise<void>; startServers(): Promise<void> },
  ) => Promise<void>,
  open: () => Promise<string> = () => Promise.resolve(cluster.servers.url),
): Promise<void> {
  await cluster.empty();
  const { servers } = cluster;
  const store = await open();
  const nodes = await Promise.all([startNode(store, ...flags), startNode(store, ...flags)]);
  try {
    await run(nodes, {
      store,
      stopServers: async () =>
        void await Promise.all(servers.servers.map((server) => server.signal("SIGKILL"))),
      startServers: async () => void await Promise.all(servers.servers.map((server) => server.start())),
    });
  } finally {
    await Promise.all(nodes.map(({ program }) => program.stop()));
  }
}

cluster.testOfServers(
  "trapCommand shares its list between nodes, as a user with few rights: exact bytes, deletions, earlier requests",
  () =>
    withNodes([], async ([one, other], { store }) => {
      const large = crypto.getRandomValues(new Uint8Array(65_536));
      const body = new Uint8Array(1_500_000).map((_, index) => large[index % large.length]!);
      assertEquals(await send(`${one.url}/a`), 200);
      await eventuallyHas(other, ["/a"]);
      const waiting = fetch(`${one.api}/next?timeout=20`);
      assertEquals(await send(`${other.url}/b`, body), 200);
      const next = await (await waiting).json();
      assertEquals([next.target, next.bodyBytes], ["/b", body.length]);
      await eventuallyHas(one, ["/b", "/a"]);
      const id = await idOf(one, "/b");
      assertEquals(await idOf(other, "/b"), id);
      const [here, there] = await Promise.all(
        [one, other].map(async ({ api }) =>
          new Uint8Array(await (await fetch(`${api}/requests/${id}/raw`)).arrayBuffer())
        ),
      );
      assertEquals(here, there);
      assertEquals(here!.subarray(-body.length), body);
      const later = await startNode(store);
      assertEquals(await targetsOf(later), ["/b", "/a"]);
      await remove(`${later.api}/requests/${id}`);
      for (const node of [one, other]) await eventuallyHas(node, ["/a"]);
      await later.program.stop();
      await remove(`${one.api}/requests`);
      await eventuallyHas(other, []);
      assertEquals(await send(`${other.url}/c`), 200);
      await eventuallyHas(one, ["/c"]);
    }, createUser),
);

cluster.testOfServers(
  "trapCommand shares its rules between nodes, and with later nodes",
  () =>
    withNodes([], async ([one, other], { store }) => {
      const put = async (node: Node, status: number): Promise<void> => {
        const body = JSON.stringify([{ path: "*", sequence: [{ status }] }]);
        const response = await fetch(`${node.api}/rules`, { method: "PUT", body });
        const said = await response.text();
        assertEquals(response.status, 200, said);
      };
      await put(one, 201);
      assertEquals(await send(`${one.url}/a`), 201);
      await eventually("the rule on the other node", async () => await send(`${other.url}/b`) === 201);
      const later = await startNode(store);
      assertEquals(await send(`${later.url}/c`), 201);
      await put(other, 202);
      for (const node of [one, later]) {
        await eventually("the other rule", async () => await send(`${node.url}/d`) === 202);
      }
      await later.program.stop();
    }),
);

cluster.testOfServers(
  "trapCommand keeps as many requests as --keep says, of all nodes together",
  () =>
    withNodes(["--keep", "5"], async (nodes, { store }) => {
      const all: string[] = [];
      for (let index = 0; index < 12; index++) {
        all.unshift(`/${index}`);
        assertEquals(await send(`${nodes[index % 2]!.url}/${index}`), 200);
        for (const node of nodes) await eventuallyHas(node, all.slice(0, 5));
      }
      const lengthOfList = async (): Promise<string> => {
        const primaries = await cluster.servers.primaries();
        return (await Promise.all(primaries.map((primary) => primary.ask("XLEN", LIST_KEY)))).join();
      };
      // The other servers say MOVED.
      await eventually(
        "a list of five in the store",
        async () => /(?:^|,)5(?:,|$)/.test(await lengthOfList()),
      );
      const later = await startNode(store, "--keep", "100");
      assertEquals(await targetsOf(later), all.slice(0, 5));
      await later.program.stop();
    }),
);

cluster.testOfServers(
  "trapCommand responds without its store, says so, and writes the waiting requests when it is back",
  () =>
    withNodes([], async ([one, other], { stopServers, startServers }) => {
      await stopServers();
      assertEquals(await send(`${one.url}/while-away`), 200);
      await eventually("a storage error", async () => {
        const status = await (await fetch(`${one.api}/status`)).json();
        return status.waiting === 1 && /^Cannot write to the store/.test(status.storageError);
      });
      assertEquals(await targetsOf(one), ["/while-away"]);
      assertEquals(await targetsOf(other), []);
      await startServers();
      await eventuallyHas(other, ["/while-away"]);
      assertMatch(one.program.stderr, /Cannot write to the store/);
      await eventually(
        "no storage error",
        async () => (await (await fetch(`${one.api}/status`)).json()).storageError === null,
      );
    }),
);
