import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { createBackend } from "../../../../src/backend/handler.ts";
import { jsonErrors } from "../../../../src/backend/json_response.ts";
import { routes } from "../../../../src/backend/routes.ts";
import { listen } from "../../../../src/net/listen.ts";
import { createMemoryBoards } from "../../../../src/servers/metrics/page/boards.ts";
import { metricsPageFiles } from "../../../../src/servers/metrics/page/page_files.ts";
import type { NameNode } from "../../../../src/servers/metrics/graphite/names/find_names.ts";
import { metricsPageRoutes } from "../../../../src/servers/metrics/page/page_routes.ts";
import { toByteRange } from "../../../../src/servers/metrics/page/series_catalog.ts";
import { StatusFeed } from "../../../../src/servers/metrics/page/status_feed.ts";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import { serve } from "../../../../src/serving/serve.ts";
import { within } from "../../../support/deadline.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const MAX_PACKED_BYTES = 90_000;

interface OpenedApi {
  readonly store: MemoryStore;
  readonly clock: FakeClock;
  readonly deleted: readonly string[];
  call(path: string, options?: RequestInit): Promise<Response>;
}

function put(store: MemoryStore, key: string, timestamp: number, value: number): void {
  const { bytes, end } = toByteRange(key);
  store.put({ bytes, keyStart: 0, keyEnd: end, timestamp, value });
}

async function withApi(test: (api: OpenedApi) => Promise<void>): Promise<void> {
  const store = new MemoryStore();
  const clock = new FakeClock();
  const deleted: string[] = [];
  const status = {
    version: "1.2.3",
    startedAtMs: clock.nowMs(),
    isReadOnly: () => false,
    figures: () => [{ name: "puts", label: "Puts", unit: "count", isCounter: true, value: 7 }] as const,
  };
  const feed = new StatusFeed(status, clock);
  const handler = routes(metricsPageRoutes({
    store,
    status,
    feed,
    boards: createMemoryBoards(),
    clock,
    onDeleted: (name) => deleted.push(name),
  }));
  const server = serve(await listen({ port: 0 }), createBackend([jsonErrors], handler));
  try {
    await test({
      store,
      clock,
      deleted,
      call: (path, options) => within(fetch(`http://127.0.0.1:${server.address.port}${path}`, options), path),
    });
  } finally {
    feed.close();
    await server.shutdown();
    await store.close();
  }
}

Deno.test("metricsPageRoutes() serves the document, and everything that it refers to", async () => {
  await withApi(async ({ call }) => {
    const document = await (await call("/")).text();
    const paths = Array.from(document.matchAll(/(?:href|src)="([^"]+)"/g), ([, path]) => path!);
    const data = ["/api/names?query=*"];
    assertEquals(["/", ...paths].sort(), [...metricsPageFiles().keys(), ...data].sort());
    assertEquals(await (await call(data[0]!)).json(), { nodes: [], count: 0 });
    for (const path of paths.filter((path) => path.startsWith("/page/"))) {
      const response = await call(path);
      assertEquals({ status: response.status, hasContent: (await response.text()).length > 100 }, {
        status: 200,
        hasContent: true,
      }, path);
    }
  });
});

Deno.test("GET /api/names lists the first names of a level, branches before leaves, and counts all of them", async () => {
  await withApi(async ({ call, store }) => {
    for (const key of ["b.x", "é", "a", "b", "b.y.z", "ab", "c.x"]) put(store, key, 1, 1);
    const list = async (query: string): Promise<string[]> => {
      const { nodes, count } = await (await call(`/api/names?${query}`)).json();
      const rows = nodes.map(({ path, isLeaf }: NameNode) => isLeaf ? path : `${path}.`);
      return [...rows, String(count)];
    };
    assertEquals(await list("query=*"), ["b.", "c.", "a", "ab", "b", "é", "6"]);
    assertEquals(await list(""), await list("query=*"));
    assertEquals(await list("query=b.*"), ["b.y.", "b.x", "2"]);
    assertEquals(await list("query=none.*"), ["0"]);
    const [first] = (await (await call("/api/names?query=c.*")).json()).nodes;
    assertEquals(first, { path: "c.x", name: "x", isLeaf: true });
    const tooLong = await call(`/api/names?query=${"a".repeat(4_097)}`);
    assertEquals([tooLong.status, typeof (await tooLong.json()).error], [400, "string"]);
    for (let index = 0; index < 700; index++) put(store, `n${1_000 + (index * 37) % 700}`, 1, 1);
    const rows = await list("query=n*");
    assertEquals([rows.length, rows[0], rows[499], rows[500]], [501, "n1000", "n1499", "700"]);
  });
});

Deno.test("GET /api/series lists the biggest, the newest and the stale series, of a pattern too", async () => {
  await withApi(async ({ call, store }) => {
    for (let timestamp = 1; timestamp <= 3; timestamp++) put(store, "servers.a.load", timestamp, 1);
    put(store, "servers.b.load", 9, 1);
    put(store, "other", 5, 1);
    const keysOf = async (query: string): Promise<string[]> => {
      const { series } = await (await call(`/api/series?${query}`)).json();
      return series.map(({ key }: { key: string }) => key);
    };
    assertEquals(await keysOf(""), ["servers.a.load", "servers.b.load", "other"]);
    assertEquals(await keysOf("order=newest"), ["servers.b.load", "other", "servers.a.load"]);
    assertEquals(await keysOf("order=stale"), ["servers.a.load", "other", "servers.b.load"]);
    assertEquals(await keysOf("search=servers.*.load&order=newest"), ["servers.b.load", "servers.a.load"]);
    const [first] = (await (await call("/api/series")).json()).series;
    assertEquals(first, { key: "servers.a.load", samples: 3, first: 1, last: 3 });
    const refused = await call("/api/series?order=size");
    assertEquals([refused.status, typeof (await refused.json()).error], [400, "string"]);
  });
});

Deno.test("POST /api/delete removes a key or a pattern, and logs it", async () => {
  await withApi(async ({ call, store, deleted }) => {
    for (const key of ["a.x", "a.y", "b"]) put(store, key, 1, 1);
    const remove = (value: unknown): Promise<Response> =>
      call("/api/delete", { method: "POST", body: JSON.stringify(value) });
    await (await remove({ name: "a.*" })).json();
    assertEquals([store.seriesCount, deleted], [1, ["a.*"]]);
    for (const value of [{}, { name: "" }, null, { name: 1 }]) {
      const response = await remove(value);
      await response.body?.cancel();
      assertEquals(response.status, 400);
    }
    assertEquals(store.seriesCount, 1);
  });
});

Deno.test("/api/boards keeps boards, and refuses malformed ones", async () => {
  await withApi(async ({ call }) => {
    const boards = [{ name: "Load", query: "?target=load" }, { name: "All", query: "" }];
    const save = (value: unknown): Promise<Response> =>
      call("/api/boards", { method: "PUT", body: JSON.stringify(value) });
    assertEquals(await (await call("/api/boards")).json(), { boards: [] });
    assertEquals(await (await save({ boards })).json(), {});
    assertEquals(await (await call("/api/boards")).json(), { boards });
    const bad = [{}, { boards: [{}] }, { boards: [{ name: "a", query: "javascript:" }] }, {
      boards: [...boards, ...boards],
    }];
    for (const value of bad) {
      const response = await save(value);
      assertEquals([response.status, typeof (await response.json()).error], [400, "string"]);
    }
    assertEquals(await (await call("/api/boards")).json(), { boards });
  });
});

Deno.test("GET /api/events gives a status at once, and one a second", async () => {
  await withApi(async ({ call, clock }) => {
    const response = await call("/api/events");
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (count: number): Promise<void> => {
      while (text.split("event: status").length <= count) text += (await within(reader.read(), text)).value;
    };
    await until(1);
    assertStringIncludes(text, '"version":"1.2.3"');
    clock.advance(1_000);
    await until(2);
    await reader.cancel();
  });
});

Deno.test("the page of the metrics store is at most 90 KB after gzip", () => {
  const bytes = Array.from(metricsPageFiles().values(), ({ text }) => gzipSync(text).length)
    .reduce((sum, size) => sum + size, 0);
  assert(bytes <= MAX_PACKED_BYTES, `${bytes} bytes`);
});
