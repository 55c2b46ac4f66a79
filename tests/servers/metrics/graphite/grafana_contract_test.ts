// The requests of Grafana's data source, and the parts of the responses that it needs.

import { assertEquals, assertMatch } from "@std/assert";
import { createBackend } from "../../../../src/backend/handler.ts";
import { routes } from "../../../../src/backend/routes.ts";
import { SYSTEM_CLOCK } from "../../../../src/base/clock.ts";
import { listen } from "../../../../src/net/listen.ts";
import { serve } from "../../../../src/serving/serve.ts";
import { graphiteRoutes } from "../../../../src/servers/metrics/graphite/graphite_routes.ts";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import { putOne } from "../store_actions.ts";

const NOW = 1_700_000_000;

type Ask = (path: string, form?: Record<string, string>) => Promise<{ status: number; text: string }>;

async function withGraphite(run: (ask: Ask) => Promise<void>): Promise<void> {
  const store = new MemoryStore();
  for (let index = 0; index < 60; index++) {
    await putOne(store, "servers.web1.cpu", index, NOW - 600 + index * 10);
    await putOne(store, "servers.web2.cpu", index * 2, NOW - 600 + index * 10);
  }
  await putOne(store, "servers.web1.nan", NaN, NOW - 60);
  await putOne(store, "disk.used;host=a;rack=r1", 5, NOW - 60);
  const clock = { ...SYSTEM_CLOCK, nowMs: () => NOW * 1_000 };
  const server = serve(
    await listen({ hostname: "127.0.0.1", port: 0 }),
    createBackend([], routes(graphiteRoutes({ store, clock }))),
  );
  try {
    await run(async (path, form) => {
      const response = await fetch(`http://127.0.0.1:${server.address.port}${path}`, {
        ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
      });
      return { status: response.status, text: await response.text() };
    });
  } finally {
    await server.shutdown();
  }
}

const SPAN = { from: String(NOW - 60), until: String(NOW), format: "json", maxDataPoints: "500" };

Deno.test("graphiteRoutes() responds to Grafana's health check", () =>
  withGraphite(async (ask) => {
    const { status, text } = await ask("/render", { ...SPAN, target: "constantLine(100)" });
    assertEquals(status, 200);
    assertEquals(JSON.parse(text), [{
      target: "100.0",
      tags: { name: "100.0" },
      datapoints: [[100, NOW - 60], [100, NOW - 30], [100, NOW]],
    }]);
  }));

Deno.test("graphiteRoutes() responds to Grafana's queries by form and by query, one target each", () =>
  withGraphite(async (ask) => {
    const target = "aliasByNode(summarize(servers.*.cpu, '1min', 'avg'), 1)";
    const posted = await ask("/render", { ...SPAN, from: String(NOW - 120), target });
    const got = await ask(`/render?${new URLSearchParams({ ...SPAN, from: String(NOW - 120), target })}`);
    assertEquals(posted, got);
    const series = JSON.parse(posted.text) as {
      target: string;
      tags: Record<string, string>;
      datapoints: unknown[];
    }[];
    assertEquals(series.map((one) => [one.target, one.tags["name"]]), [
      ["web1", "servers.web1.cpu"],
      ["web2", "servers.web2.cpu"],
    ]);
    assertEquals(series[0]!.datapoints, [[50, NOW - 140], [54.5, NOW - 80], [58.5, NOW - 20]]);
  }));

Deno.test("graphiteRoutes() writes null if there is no value, and for NaN", () =>
  withGraphite(async (ask) => {
    const { text } = await ask("/render", { ...SPAN, target: "servers.web1.nan" });
    assertEquals(text.includes("NaN"), false);
    assertEquals(JSON.parse(text)[0].datapoints.every(([value]: [unknown]) => value === null), true);
  }));

Deno.test("graphiteRoutes() names the mistake of a target in plain text", () =>
  withGraphite(async (ask) => {
    const unknown = await ask("/render", { ...SPAN, target: "sumSeries(holtWinters(servers.*.cpu))" });
    assertEquals(unknown, { status: 400, text: "Received request for unknown function: holtWinters\n" });
    for (
      const target of ["sumSeries(", "alias(servers.web1.cpu)", "scale(servers.web1.cpu,'x')", "limit(1,2,3)"]
    ) {
      const { status, text } = await ask("/render", { ...SPAN, target });
      assertEquals(status, 400, target);
      assertMatch(text, /^[^<{]+\n$/);
    }
    assertEquals((await ask("/render", { ...SPAN, from: "soon", target: "a" })).status, 400);
  }));

Deno.test("graphiteRoutes() joins values to maxDataPoints", () =>
  withGraphite(async (ask) => {
    const { text } = await ask("/render", {
      ...SPAN,
      from: String(NOW - 600),
      maxDataPoints: "10",
      target: "consolidateBy(servers.web1.cpu,'max')",
    });
    const [{ datapoints }] = JSON.parse(text);
    assertEquals(datapoints.length <= 11, true);
    assertEquals(datapoints[1][1] - datapoints[0][1], 60);
  }));

Deno.test("graphiteRoutes() finds names for Grafana's editor", () =>
  withGraphite(async (ask) => {
    assertEquals(
      JSON.parse((await ask("/metrics/find?query=*")).text).map((node: { text: string; leaf: number }) => [
        node.text,
        node.leaf,
      ]),
      [["disk", 0], ["servers", 0]],
    );
    const posted = await ask("/metrics/find", {
      query: "servers.web1.*",
      from: SPAN.from,
      until: SPAN.until,
    });
    assertEquals(JSON.parse(posted.text), [
      { text: "cpu", id: "servers.web1.cpu", allowChildren: 0, expandable: 0, leaf: 1 },
      { text: "nan", id: "servers.web1.nan", allowChildren: 0, expandable: 0, leaf: 1 },
    ]);
    assertEquals(JSON.parse((await ask("/metrics/expand?query=servers.{web1,web2}.cpu")).text), {
      results: ["servers.web1.cpu", "servers.web2.cpu"],
    });
    assertEquals((await ask("/metrics/find")).status, 400);
  }));

Deno.test("graphiteRoutes() serves events, version, functions and tags", () =>
  withGraphite(async (ask) => {
    assertEquals((await ask("/events/get_data?from=-1h&until=now&tags=x")).text, "[]");
    assertEquals(JSON.parse((await ask("/version")).text), "1.1.8");
    const functions = JSON.parse((await ask("/functions")).text);
    assertEquals(functions.movingAverage.params[1], {
      name: "windowSize",
      type: "intOrInterval",
      required: true,
    });
    assertEquals(JSON.parse((await ask("/tags/autoComplete/tags?limit=10")).text), ["host", "name", "rack"]);
    assertEquals(JSON.parse((await ask("/tags/autoComplete/values?tag=host&valuePrefix=")).text), ["a"]);
  }));

Deno.test("graphiteRoutes() takes `?` and classes in targets and in /metrics/find, and templates", () =>
  withGraphite(async (ask) => {
    const targetsOf = async (target: string, values: Record<string, string> = {}): Promise<string[]> => {
      const { text } = await ask("/render", { ...SPAN, target, ...values });
      return (JSON.parse(text) as { readonly target: string }[]).map((one) => one.target);
    };
    assertEquals(await targetsOf("servers.web?.cpu"), ["servers.web1.cpu", "servers.web2.cpu"]);
    assertEquals(await targetsOf("servers.web[2-9].cpu"), ["servers.web2.cpu"]);
    assertEquals(await targetsOf("servers.web[!2].cpu"), ["servers.web1.cpu"]);
    assertEquals(await targetsOf("?ervers"), []);
    const template = "template(scale(servers.$host.cpu, $factor), host='web1', factor=2)";
    assertEquals(await targetsOf(template), ["scale(servers.web1.cpu,2)"]);
    assertEquals(await targetsOf(template, { "template[host]": "web2" }), ["scale(servers.web2.cpu,2)"]);
    assertEquals(await targetsOf("template(servers.$1.cpu, 'web2')"), ["servers.web2.cpu"]);
    const refused = await ask("/render", { ...SPAN, target: "template(a, b)" });
    assertEquals([refused.status, refused.text], [
      400,
      "Cannot fill a template: expected texts and numbers\n",
    ]);
    const { text } = await ask("/metrics/find?query=servers.web[1].?pu&format=json");
    assertEquals(JSON.parse(text), [{ path: "servers.web1.cpu", is_leaf: true }]);
  }));

Deno.test("graphiteRoutes() reads series by their tags, as Grafana's editor asks for them", () =>
  withGraphite(async (ask) => {
    const seriesOf = async (target: string): Promise<unknown> => {
      const { text } = await ask("/render", { ...SPAN, from: String(NOW - 120), target });
      const all = JSON.parse(text) as {
        readonly target: string;
        readonly tags: unknown;
        readonly datapoints: readonly (readonly [number | null, number])[];
      }[];
      return all.map(({ target: name, tags, datapoints }) => ({
        name,
        tags,
        values: datapoints.map(([v]) => v),
      }));
    };
    const tags = { name: "disk.used", host: "a", rack: "r1" };
    assertEquals(await seriesOf("seriesByTag('name=disk.used', 'host=~a|b')"), [
      { name: "disk.used;host=a;rack=r1", tags, values: [5, null] },
    ]);
    assertEquals(await seriesOf("aliasByNode(seriesByTag('rack=r1'), 'host')"), [
      { name: "a", tags, values: [5, null] },
    ]);
    assertEquals(await seriesOf("seriesByTag('host=b')"), []);
    assertEquals((await ask("/render", { ...SPAN, target: "seriesByTag('host')" })).status, 400);
  }));

Deno.test("graphiteRoutes() takes a slash at the end of its paths, and lists of tags by POST", () =>
  withGraphite(async (ask) => {
    for (
      const path of [
        "/version",
        "/functions",
        "/tags",
        "/events/get_data",
        "/tags/autoComplete/tags",
        "/metrics/expand",
      ]
    ) {
      assertEquals(await ask(`${path}/`), await ask(path));
    }
    assertEquals(JSON.parse((await ask("/tags/autoComplete/tags", { expr: "host=a" })).text), [
      "name",
      "rack",
    ]);
    assertEquals(JSON.parse((await ask("/tags/autoComplete/values", { tag: "host" })).text), ["a"]);
  }));

Deno.test("graphiteRoutes() lists tags, and finds series by expressions of tags", () =>
  withGraphite(async (ask) => {
    const asked = async (path: string): Promise<unknown> => JSON.parse((await ask(path)).text);
    assertEquals(await asked("/tags"), [{ tag: "host" }, { tag: "name" }, { tag: "rack" }]);
    assertEquals(await asked("/tags/%68ost"), { tag: "host", values: [{ count: 1, value: "a" }] });
    assertEquals((await ask("/tags/%ff")).status, 400);
    assertEquals(await asked("/tags/host"), { tag: "host", values: [{ count: 1, value: "a" }] });
    for (const expr of ["host=a", "rack!=r2", "rack=~r[0-9]", "host!=~b.*"]) {
      const query = new URLSearchParams({ expr });
      assertEquals([expr, await asked(`/tags/findSeries?${query}`)], [expr, ["disk.used;host=a;rack=r1"]]);
    }
    for (const expr of ["host=b", "host!=a", "rack=~x", "other=~."]) {
      assertEquals(await asked(`/tags/findSeries?${new URLSearchParams({ expr })}`), []);
    }
    assertEquals(await asked("/tags/autoComplete/tags?expr=host=a"), ["name", "rack"]);
    assertEquals(await asked("/tags/autoComplete/values?tag=rack&expr=host=b"), []);
    for (const expr of ["host", "host=~(a+)+", "host=~[", `host=~${"a*".repeat(20)}`]) {
      assertEquals((await ask(`/tags/findSeries?${new URLSearchParams({ expr })}`)).status, 400);
    }
  }));
