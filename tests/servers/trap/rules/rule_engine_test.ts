import { assertEquals, assertMatch } from "@std/assert";
import { parsePathPattern } from "../../../../src/servers/trap/rules/path_pattern.ts";
import { readRespondScript } from "../../../../src/servers/trap/rules/respond_script.ts";
import { RuleEngine } from "../../../../src/servers/trap/rules/rule_engine.ts";
import { RuleRequest } from "../../../../src/servers/trap/rules/rule_request.ts";
import { splitQuery } from "../../../../src/servers/trap/records/parameters.ts";
import { exchange } from "../../../support/loopback.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { type Trap, withTrap } from "../trap_fixture.ts";

interface Asked {
  readonly method?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly content?: string;
  readonly bin?: string;
}

function request(
  target: string,
  { method = "GET", headers = [], content = "", bin }: Asked = {},
): RuleRequest {
  const [path = "", query = ""] = target.split("?");
  const parts = { id: "id", method, target, path, bin, headers, parameters: splitQuery(query) };
  return new RuleRequest({ ...parts, content: () => new TextEncoder().encode(content) });
}

function engineOf(...rules: readonly unknown[]): RuleEngine {
  return new RuleEngine({ nowMs: () => 0, uuid: () => "a-uuid" }, readRespondScript(rules));
}

Deno.test("parsePathPattern() takes * for any text and :name for one segment", () => {
  const rows: readonly (readonly [pattern: string, path: string, names: string | undefined])[] = [
    ["/a", "/a", ""],
    ["/a", "/a/", undefined],
    ["/a/*", "/a/", ""],
    ["/a/*", "/a/b/c", ""],
    ["/a/*", "/a", undefined],
    ["*", "anything", ""],
    ["/*/c", "/a/b/c", ""],
    ["/*b*c", "/abbbc", ""],
    ["/*b*c", "/abbb", undefined],
    ["/u/:id", "/u/5", "id=5"],
    ["/u/:id", "/u/", undefined],
    ["/u/:id", "/u/5/6", undefined],
    ["/u/:id/p/:page", "/u/5/p/6", "id=5 page=6"],
    ["/*/:last", "/a/b/c", "last=c"],
    ["/a:b", "/a:b", ""],
  ];
  for (const [pattern, path, names] of rows) {
    const found = parsePathPattern(pattern)(path);
    const shown = found && [...found].map((pair) => pair.join("=")).join(" ");
    assertEquals(shown, names, `${pattern} ${path}`);
  }
  // Stars that match in many ways: the work stays within length times length.
  assertEquals(parsePathPattern(`/${"*a".repeat(20)}b`)(`/${"a".repeat(5_000)}`), undefined);
});

Deno.test("RuleEngine matches method, headers, query and content", () => {
  const engine = engineOf(
    { path: "/", headers: { "X-Event": "push" }, sequence: [{ status: 201 }] },
    { path: "/", headers: { "x-event": { contains: "pull" } }, sequence: [{ status: 202 }] },
    { path: "/", query: { "a b": "ü" }, sequence: [{ status: 203 }] },
    { path: "/", content: { contains: "needle" }, sequence: [{ status: 205 }] },
    { path: "/", content: { json: { a: { b: [1, { c: null }] } } }, sequence: [{ status: 206 }] },
    { path: "/", method: "PUT", sequence: [{ status: 207 }] },
  );
  const rows: readonly (readonly [request: RuleRequest, status: number])[] = [
    [request("/", { headers: [["x-EVENT", "push"]] }), 201],
    [request("/", { headers: [["X-Event", "a pull request"]] }), 202],
    [request("/?a+b=%C3%BC"), 203],
    [request("/?a+b=x"), 200],
    [request("/", { content: "hay needle hay" }), 205],
    [request("/", { content: '{"z":0,"a":{"b":[1,{"c":null,"d":1}],"e":2}}' }), 206],
    [request("/", { content: '{"a":{"b":[1]}}' }), 200],
    [request("/", { content: "{" }), 200],
    [request("/", { method: "PUT" }), 207],
    [request("/other"), 200],
  ];
  for (const [asked, status] of rows) assertEquals(engine.choose(asked).status, status, asked.target);
});

Deno.test("RuleEngine keeps states, separate for each bin, until it is reset", () => {
  const engine = engineOf(
    { path: "/down", setState: "down", sequence: [{}] },
    { path: "/", whenState: "down", sequence: [{ status: 503 }] },
    { path: "/", whenState: "start", sequence: [{ status: 201 }, { status: 202 }] },
  );
  const ask = (path: string, bin?: string): number =>
    engine.choose(request(path, bin === undefined ? {} : { bin })).status;
  assertEquals([ask("/"), ask("/"), ask("/down"), ask("/"), ask("/", "other")], [201, 202, 200, 503, 202]);
  engine.reset();
  assertEquals([ask("/"), ask("/")], [201, 202]);
});

Deno.test("a preflight uses up no step, unless a rule is for OPTIONS", () => {
  const engine = engineOf({ path: "/", sequence: [{ status: 500 }, { status: 201 }] });
  const preflight = request("/", { method: "OPTIONS", headers: [["Access-Control-Request-Method", "POST"]] });
  assertEquals(engine.choose(preflight).status, 200);
  assertEquals(engine.choose(request("/", { method: "POST" })).status, 500);
  assertEquals(
    engineOf({ path: "/", method: "OPTIONS", sequence: [{ status: 204 }] }).choose(preflight).status,
    204,
  );
});

Deno.test("templates are filled from the request, and other text stays", () => {
  const engine = engineOf({
    path: "/u/:name",
    sequence: [{
      headers: { "X-A": "{{request.headers.x-b}}", Location: "/{{ request.query.id }}" },
      body:
        "{{request.method}} {{request.path}} {{request.path.name}} {{request.query.id}} {{request.query.none}}" +
        "{{request.json.a.b}} {{request.json.list.1}} {{request.json.a}} {{now}} {{uuid}} {{mustache}} {{ {x} }}",
    }],
  });
  const chosen = engine.choose(request("/u/bob?id=%C3%BC", {
    method: "POST",
    headers: [["X-B", "b"]],
    content: '{"a":{"b":"c"},"list":[1,2]}',
  }));
  assertEquals(
    chosen.body,
    'POST /u/bob bob ü c 2 {"b":"c"} 1970-01-01T00:00:00.000Z a-uuid {{mustache}} {{ {x} }}',
  );
  assertEquals(chosen.headers, [["X-A", "b"], ["Location", "/ü"]]);
});

Deno.test("a template that makes an invalid header value is a fault of the script", () => {
  const engine = engineOf({ path: "/", sequence: [{ headers: { "X-A": "{{request.query.a}}" } }] });
  const chosen = engine.choose(request("/?a=%0d%0aSet-Cookie:x"));
  assertEquals([chosen.status, chosen.headers], [500, []]);
  assertMatch(chosen.fault!, /X-A holds a control character/);
});

async function putRules(trap: Trap, rules: unknown, query: string = ""): Promise<readonly [number, unknown]> {
  const response = await trap.call(`/api/rules${query}`, { method: "PUT", body: JSON.stringify(rules) });
  return [response.status, await response.json()];
}

Deno.test("PUT /api/rules changes the rules while the trap runs, and a bad one changes nothing", async () => {
  await withTrap({}, async (trap) => {
    const ask = async (path: string): Promise<string> =>
      (await exchange(trap.port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).slice(
        9,
        12,
      );
    const rules = [{ path: "/a", sequence: [{ status: 503 }, { status: 201 }] }];
    assertEquals(await putRules(trap, rules), [200, rules]);
    assertEquals([await ask("/a"), await ask("/a")], ["503", "201"]);
    for (const bad of [[...rules, { path: "/b", sequence: [{}], stauts: 1 }], { a: 1 }, [{ path: "/b" }]]) {
      assertEquals((await putRules(trap, bad))[0], 400);
    }
    assertEquals(await trap.json("/api/rules"), rules);
    assertEquals(await ask("/a"), "201");
    const reset = await trap.call("/api/rules/reset", { method: "POST" });
    assertEquals([reset.status, await ask("/a")], [204, "503"]);
    const own = [{ path: "/b", bin: "x", sequence: [{}] }];
    assertEquals(await putRules(trap, [{ path: "/b", sequence: [{}] }], "?bin=x"), [200, own]);
    assertEquals(await trap.json("/api/rules"), [...rules, ...own]);
  });
});

Deno.test("a scripted response is in its record, byte for byte", async () => {
  const script = readRespondScript([{ path: "/a", sequence: [{ status: 201, body: "ü" }] }]);
  await withTrap({ script }, async (trap) => {
    const got = await exchange(trap.port, "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const [record] = await trap.records(1);
    assertEquals([record!.response?.kind, record!.response?.status, record!.response?.bodyBytes], [
      "scripted",
      201,
      2,
    ]);
    const raw = await trap.call(`/api/requests/${record!.id}/response/raw`);
    assertEquals(await raw.bytes(), bytesOf(got));
  });
});

Deno.test("a connection lives on after a scripted response, and pipelined ones stay in order", async () => {
  const script = readRespondScript([{ path: "/b", sequence: [{ body: "second" }] }]);
  await withTrap({ script }, async (trap) => {
    const line = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    const got = await exchange(trap.port, line("/a") + line("/b") + line("/c", "Connection: close\r\n"));
    const bodies = got.split(/HTTP\/1\.1 200 OK\r\n[^]*?\r\n\r\n/).slice(1);
    assertEquals([bodies.length, bodies[1]], [3, "second"]);
  });
});

Deno.test("--cors lets pages of all origins read, and responds 200 to their preflights", async () => {
  await withTrap({ options: { allowsAllOrigins: true } }, async (trap) => {
    const got = await exchange(
      trap.port,
      "OPTIONS /a HTTP/1.1\r\nHost: a\r\nOrigin: http://page.test\r\nAccess-Control-Request-Method: PUT\r\n" +
        "Access-Control-Request-Headers: x-a\r\nConnection: close\r\n\r\n",
    );
    assertMatch(got, /^HTTP\/1\.1 200 /);
    assertMatch(got, /\r\nAccess-Control-Allow-Origin: http:\/\/page\.test\r\n/);
    assertMatch(
      got,
      /\r\nAccess-Control-Allow-Methods: PUT\r\n[^]*\r\nAccess-Control-Allow-Headers: x-a\r\n/,
    );
  });
});
