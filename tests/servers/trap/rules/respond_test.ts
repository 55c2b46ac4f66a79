import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseRespondScript } from "../../../../src/servers/trap/rules/respond_script.ts";
import { ScriptError } from "../../../../src/servers/trap/rules/script_values.ts";
import { exchange } from "../../../support/loopback.ts";
import { withTrap } from "../trap_fixture.ts";

const END = "Host: a\r\nConnection: close\r\n\r\n";

Deno.test("--respond sends its steps in order, then the last step again and again, and 200 to all other requests", async () => {
  const script = parseRespondScript(JSON.stringify([
    {
      path: "/hook",
      method: "POST",
      sequence: [
        { status: 503, headers: { "Retry-After": "1", "X-A": ["b", "c"] }, body: "später" },
        { status: 429 },
        { headers: { "content-type": "text/x" }, body: "done" },
      ],
    },
    { path: "/hook", sequence: [{ status: 204 }] },
    { path: "/empty", sequence: [{}] },
  ]));
  await withTrap({ script }, async (trap) => {
    const ask = (line: string): Promise<string> => exchange(trap.port, `${line} HTTP/1.1\r\n${END}`);
    const first = await ask("POST /hook?n=1");
    assertMatch(first, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
    assertMatch(
      first,
      /\r\nContent-Type: text\/plain; charset=utf-8\r\nRetry-After: 1\r\nX-A: b\r\nX-A: c\r\n/,
    );
    assertMatch(first, /\r\nX-Request-Id: \S+\r\n[^]*\r\n\r\nsp\xc3\xa4ter$/);
    assertMatch(await ask("POST /hook"), /^HTTP\/1\.1 429 /);
    for (let i = 0; i < 3; i++) {
      assertMatch(
        await ask("POST /hook"),
        /^HTTP\/1\.1 200 OK[^]*(?<!Content-Type[^]*)\r\ncontent-type: text\/x\r\n[^]*\r\n\r\ndone$/,
      );
    }
    assertMatch(await ask("GET /hook"), /^HTTP\/1\.1 204 No Content\r\n(?![^]*Content-Length)/);
    for (const line of ["GET /empty", "GET /other", "POST /hook/", "GET /api"]) {
      assertMatch(await ask(line), /^HTTP\/1\.1 200 OK\r\n/);
    }
    // A malformed request gets 200, and uses up no step.
    assertMatch(
      await exchange(trap.port, "POST /hook HTTP/1.1\r\nHost : a\r\n\r\n"),
      /^HTTP\/1\.1 200 OK\r\n/,
    );
    const [record] = await trap.records(11);
    assertEquals([record!.answer?.status, record!.answer?.body], [503, "später"]);
    assertMatch(
      record!.chain.at(-1)!.message,
      /^answered 503, complete, 2 errors$/,
    );
  });
});

Deno.test("--respond names the fault on the wire in the record and in the log", async () => {
  const script = parseRespondScript(
    '[{ "path": "/cut", "sequence": [{ "wire": { "kind": "cut", "after": 1 } }] }]',
  );
  await withTrap({ script }, async (trap) => {
    await exchange(trap.port, `GET /cut HTTP/1.1\r\n${END}`);
    const [record] = await trap.records(1);
    assertEquals(record!.answer?.wire, "cut");
    assertMatch(await trap.log(), / trap: answered 200, [^\n]*, by rule 1, step 1 \(cut\)\n/);
  });
});

Deno.test("--respond delays a response, but not the record", async () => {
  const script = parseRespondScript('[{ "path": "/slow", "sequence": [{ "delay_ms": 150 }] }]');
  await withTrap({ script }, async (trap) => {
    const response = exchange(trap.port, `GET /slow HTTP/1.1\r\n${END}`);
    let hasResponded = false;
    response.then(() => hasResponded = true);
    await trap.records(1);
    assert(!hasResponded);
    assertMatch(await response, /^HTTP\/1\.1 200 OK\r\n/);
  });
});

const GOOD_STEP = { status: 200 };

const FAULTY: readonly (readonly [script: unknown, message: RegExp])[] = [
  [{}, /^\$: expected a list, got \{\}$/],
  [[5], /^\$\[0\]: expected an object, got 5$/],
  [[{ sequence: [GOOD_STEP] }], /^\$\[0\]\.path: expected a path .*, got nothing$/],
  [[{ path: "x", sequence: [GOOD_STEP] }], /^\$\[0\]\.path: expected a path .*, got "x"$/],
  [[{ path: "/a?b", sequence: [GOOD_STEP] }], /^\$\[0\]\.path: /],
  [[{ path: "/", sequence: [] }], /^\$\[0\]\.sequence: expected at least one step, .*got \[\]$/],
  [[{ path: "/" }], /^\$\[0\]\.sequence: expected a list, got nothing$/],
  [
    [{ path: "/", sequence: [GOOD_STEP], methods: "GET" }],
    /^\$\[0\]: expected only method, path, .*, sequence, got "methods"$/,
  ],
  [[{ path: "/", method: "G T", sequence: [GOOD_STEP] }], /^\$\[0\]\.method: expected a method, got "G T"$/],
  [
    [{ path: "/", sequence: [GOOD_STEP, { status: 99 }] }],
    /^\$\[0\]\.sequence\[1\]\.status: expected a whole number from 200 to 599, got 99$/,
  ],
  [[{ path: "/", sequence: [{ status: "200" }] }], /^\$\[0\]\.sequence\[0\]\.status: .*, got "200"$/],
  [[{ path: "/", sequence: [{ status: 200.5 }] }], /\.status: /],
  [[{ path: "/", sequence: [{ body: { a: 1 } }] }], /\.body: expected a text, got \{"a":1\}$/],
  [[{ path: "/", sequence: [{ delay_ms: -1 }] }], /\.delay_ms: expected a whole number from 0 to /],
  [
    [{ path: "/", sequence: [{ delay: 1 }] }],
    /^\$\[0\]\.sequence\[0\]: expected only status, headers, body, delay_ms, wire, got "delay"$/,
  ],
  [
    [{ path: "/", sequence: [{ headers: [] }] }],
    /\.headers: expected an object of names and values, got \[\]$/,
  ],
  [
    [{ path: "/", sequence: [{ headers: { "a b": "c" } }] }],
    /\.headers\["a b"\]: expected the name of a header field/,
  ],
  [[{ path: "/", sequence: [{ headers: { a: "b\r\nc" } }] }], /\.headers\["a"\]: expected a header value/],
  [
    [{ path: "/", sequence: [{ headers: { a: ["b", 5] } }] }],
    /\.headers\["a"\]\[1\]: expected a header value, got 5$/,
  ],
  [
    [{ path: "/", sequence: [{ headers: { "content-length": "5" } }] }],
    /\.headers\["content-length"\]: expected a field that is not the server's/,
  ],
  [[{ path: "/".repeat(100) + " ", sequence: [GOOD_STEP] }], /got "\/{59}\.\.\.$/],
];

Deno.test("parseRespondScript() names the place of the first fault, in one line", () => {
  for (const [script, message] of FAULTY) assertMatch(faultOf(JSON.stringify(script)), message);
  for (const text of ["", "{", "nothing", '[{"path":"/"\n']) {
    assertMatch(faultOf(text), /^\$: expected JSON, got [^\n]+$/);
  }
});

function faultOf(text: string): string {
  const { message } = assertThrows(() => parseRespondScript(text), ScriptError);
  assert(!message.includes("\n"), text);
  return message;
}
