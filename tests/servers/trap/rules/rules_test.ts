import { assertEquals, assertMatch } from "@std/assert";
import { exchange } from "../../../support/loopback.ts";
import { test } from "../asked_trap.ts";
import { type AskedTrap, chainOf, record, withTrap } from "../trap_fixture.ts";

const END = "Host: a\r\nConnection: close\r\n\r\n";

const METHOD = "method is POST: expected GET";
const PATH = "path is /x: expected /api";
const INVALID = "parameter invalid is 1: the request is invalid";
const NOT_AWAITING = "validation failed: parameter notawaiting is 1";

// The request line, the errors in order, and the functions of the chain after the first record.
const RULES: readonly (readonly [line: string, errors: readonly string[], chain: string])[] = [
  ["GET /api", [], "query process1 process2 process3 end"],
  ["GET /api?a=1&b", [], "query process1 process2 process3 end"],
  ["POST /api", [METHOD], "query query process1 process2 process3 end"],
  ["GET /api?invalid=1", [INVALID], "query query process1 process2 process3 end"],
  ["GET /api?invalid=2&invalid=1", [INVALID], "query query process1 process2 process3 end"],
  ["GET /api?%69nvalid=%31", [INVALID], "query query process1 process2 process3 end"],
  ["GET /api?invalid=2", [], "query process1 process2 process3 end"],
  ["GET /api?xinvalid=1&invalid=11", [], "query process1 process2 process3 end"],
  ["GET /api?notawaiting=1", [NOT_AWAITING], "query process1 process2 end"],
  [
    "POST /api?notawaiting=1&invalid=1",
    [METHOD, INVALID, NOT_AWAITING],
    "query query query process1 process2 end",
  ],
  ["GET /api?notawaiting=0", [], "query process1 process2 process3 end"],
  ["GET /x", [PATH], "trap end"],
  ["GET /x?notawaiting=1", [PATH], "trap end"],
  ["POST /x?invalid=1", [PATH, METHOD, INVALID], "trap trap trap end"],
  ["GET /api/", ["path is /api/: expected /api"], "trap end"],
  ["GET /API", ["path is /API: expected /api"], "trap end"],
  ["GET /%61pi", ["path is /%61pi: expected /api"], "trap end"],
  ["GET http://a/api?x=1", [], "query process1 process2 process3 end"],
  ["HEAD /api", ["method is HEAD: expected GET"], "query query process1 process2 process3 end"],
  ["OPTIONS *", ["path is *: expected /api", "method is OPTIONS: expected GET"], "trap trap end"],
  ["TRACE /api", ["method is TRACE: expected GET"], "query query process1 process2 process3 end"],
  ["CONNECT a:443", ["path is a:443: expected /api", "method is CONNECT: expected GET"], "trap trap end"],
  ["BREW /api", ["method is BREW: expected GET"], "query query process1 process2 process3 end"],
  ["get /api", ["method is get: expected GET"], "query query process1 process2 process3 end"],
];

type Rule = (typeof RULES)[number];

/** Sends the request of a rule, as the only one or after others. */
async function checkRule(trap: AskedTrap, [line, errors, chain]: Rule, count: number): Promise<void> {
  const response = await exchange(trap.port, `${line} HTTP/1.1\r\n${END}`);
  const found = (await trap.records(count)).at(-1)!;
  assertMatch(response, /^HTTP\/1\.1 200 OK\r\n/);
  assertMatch(response, new RegExp(`\r\nX-Request-Id: ${found.id.replaceAll(".", "\\.")}\r\n`));
  assertEquals([found.errors, found.verdict], [errors, errors.length === 0 ? "ok" : "error"], line);
  assertEquals(placesOf(found.chain.slice(1)), chain, line);
}

for (const rule of RULES) {
  const [line, errors] = rule;
  Deno.test(`the trap responds 200 to ${line}, with ${errors.length} errors, and shows the chain`, () =>
    withTrap({}, (trap) => checkRule(trap, rule, 1)));
}

test("the trap responds 200 to all requests of the rules, and shows their chains", async (withTrap) => {
  await withTrap({}, async (trap) => {
    for (const [index, rule] of RULES.entries()) await checkRule(trap, rule, index + 1);
  });
});

function placesOf(chain: readonly { where: string; message: string }[]): string {
  return chain.map(({ where, message }) =>
    message.startsWith("answered ") ? "end" : where.split(" > ").at(-1)!
  )
    .join(" ");
}

test("the chain of a request names the function of each record", async (withTrap) => {
  await withTrap({}, async (trap) => {
    const found = await record(trap, `POST /api?notawaiting=1&a=b HTTP/1.1\r\n${END}`);
    assertEquals(chainOf(found), [
      `info trap: received POST /api?notawaiting=1&a=b from ${found.remote}, parameters notawaiting=1 a=b`,
      "info trap > query: came as POST /api?notawaiting=1&a=b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      `error trap > query: ${METHOD}`,
      "info trap > query > process1: 2 parameters",
      `error trap > query > process2: ${NOT_AWAITING}`,
      "info trap: answered 200, complete, 2 errors",
    ]);
  });
});

test("requests with content are read, and checked like others", async (withTrap) => {
  await withTrap({}, async (trap) => {
    await exchange(trap.port, `POST /api HTTP/1.1\r\nContent-Length: 5\r\n${END}hello`);
    await exchange(
      trap.port,
      `PUT /y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${END}5;x=y\r\nhello\r\n0\r\nX: y\r\n\r\n`,
    );
    const [post, put] = await trap.records(2);
    assertEquals([post!.errors, post!.bodyBytes, post!.end], [[METHOD], 5, "complete"]);
    assertEquals([put!.errors.length, put!.bodyBytes, put!.trailers], [2, 5, [["X", "y"]]]);
  });
});
