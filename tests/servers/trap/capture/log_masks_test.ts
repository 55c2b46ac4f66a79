// --mask in every record of a request in the log. A row has bytes that hold SECRET, and the text that the log shows.

import { tcpAddress } from "../../../../src/net/address.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { HttpHeaders } from "../../../../src/http/headers.ts";
import type { AccessEntry } from "../../../../src/log/entry.ts";
import { createLogMasks } from "../../../../src/servers/trap/capture/log_masks.ts";
import { bytesOf, textOf } from "../../../support/latin1.ts";
import { exchange, exchangeWithEnd } from "../../../support/loopback.ts";
import { connectResetting } from "../../../support/resetting_client.ts";
import { chainOf, withTrap } from "../trap_fixture.ts";

const END = "Host: a\r\nConnection: close\r\n\r\n";
const CHUNKED = "Host: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n";
const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

type Row = readonly [mask: string, sent: string, shown: string];

/** Sends each row to a trap of its own; the log shows the expected text and no secret, and everything is kept. */
async function checkRows(rows: readonly Row[]): Promise<void> {
  for (const [mask, sent, shown] of rows) {
    await withTrap({ masks: [mask] }, async (trap) => {
      await exchangeWithEnd(trap.port, bytesOf(sent));
      const [record] = await trap.records(1);
      const log = await trap.log();
      assert(!log.includes("SEC"), log);
      assertStringIncludes(log, shown.replaceAll("\r\n", "\\r\\n"));
      assertEquals(trap.store.all(() => true).map(({ wire }) => textOf(wire.kept)), [sent]);
      if (record!.target.includes("?")) assertStringIncludes(record!.target, "SECRET");
      assert(!JSON.stringify(record!.malformed ?? "").includes("***"));
    });
  }
}

Deno.test("--mask hides values of fields and parameters in the log, and not in the kept bytes", async () => {
  await withTrap({ masks: ["authorization", "cookie", "token"] }, async (trap) => {
    await exchange(
      trap.port,
      "POST /api?a=1&Token=secret&b=2 HTTP/1.1\r\nAUTHORIZATION: Bearer secret\r\ncookie: s=secret\r\n" +
        "Cookie:secret\r\nX-Open: yes\r\n" + END,
    );
    await exchange(trap.port, `GET /x?to%6ben=secret HTTP/1.1\r\nCookie: secret\r\nBad : x\r\n${END}`);
    const [record] = await trap.records(2);
    const log = await trap.log();
    assert(!log.includes("secret"), log);
    assertStringIncludes(log, "received POST /api?a=1&Token=***&b=2 from");
    assertStringIncludes(log, "parameters a=1 Token=*** b=2");
    assertStringIncludes(
      log,
      "\\r\\nAUTHORIZATION: ***\\r\\ncookie: ***\\r\\nCookie: ***\\r\\nX-Open: yes\\r\\n",
    );
    assert(!chainOf(record!).some((text) => text.includes("secret")));
    assertEquals(record!.headers[0], ["AUTHORIZATION", "Bearer secret"]);
    assertEquals(record!.query[1], ["Token", "secret"]);
  });
});

Deno.test("--mask hides the part of the target that an error quotes (RFC 9112 §3.2)", () =>
  checkRows([
    ["token", `GET http://u:p@h/api?token=SECRET HTTP/1.1\r\n${END}`, 'got "http://u:p@h/api?token=***"'],
    ["token", `GET api?token=SECRET HTTP/1.1\r\n${END}`, 'a path or an http URI, got "api?token=***"'],
    ["token", `GET ftp://h/api?a=1&TOKEN=SECRET&b HTTP/1.1\r\n${END}`, 'got "ftp://h/api?a=1&TOKEN=***&b"'],
    ["token", `GET http://h:99999/api?token=SECRET HTTP/1.1\r\n${END}`, 'got "http://h:99999/api?token=***"'],
    ["token", `CONNECT h?token=SECRET HTTP/1.1\r\n${END}`, 'host:port with CONNECT, got "h?token=***"'],
    ["token", `GET https://h/api?token=SECRET HTTP/1.1\r\n${END}`, 'Cannot serve "https://h/api?token=***":'],
  ]));

Deno.test("--mask hides the part of a field that an error quotes", () =>
  checkRows([
    [
      "host",
      "GET /api HTTP/1.1\r\nHost: SEC1 x\r\n\r\n",
      'Cannot read Host: expected host[:port], got "***"',
    ],
    ["content-length", `GET /api HTTP/1.1\r\nContent-Length: SEC"1\r\n${END}`, 'up to 2^53-1, got "***"'],
    [
      "transfer-encoding",
      `GET /api HTTP/1.1\r\nTransfer-Encoding: SEC\r\nTransfer-Encoding: SEC2\r\n${END}`,
      'to end in "chunked", got "***"',
    ],
    ["expect", `GET /api HTTP/1.1\r\nExpect: SECRET\r\n${END}`, 'Cannot meet the expectation: got "***"'],
  ]));

Deno.test("--mask finds a head after empty lines (RFC 9112 §2.2)", () =>
  checkRows([
    [
      "token",
      `\r\n\r\nGET /api?token=SECRET HTTP/1.1\r\n${END}`,
      "came as \r\n\r\nGET /api?token=*** HTTP/1.1\r\n",
    ],
  ]));

Deno.test("--mask hides trailer fields, broken ones too (RFC 9112 §7.1.2)", () => {
  const head = `POST /api HTTP/1.1\r\n${CHUNKED}\r\n`;
  return checkRows([
    ["authorization", `${head}0\r\nAuthorization: SECRET\r\n\r\n`, "\r\n0\r\nAuthorization: ***\r\n\r\n"],
    [
      "x-key",
      `${head}2\r\nhi\r\n0\r\nX-Open: 1\r\nx-KEY:SECRET\r\n\r\n`,
      "\r\n2\r\nhi\r\n0\r\nX-Open: 1\r\nx-KEY: ***\r\n\r\n",
    ],
    ["x-key", `${head}0\r\nX-Key: a\r\n SECRET\r\nB: 1\r\n\r\n`, "0\r\nX-Key: ***\r\nB: 1\r\n\r\n"],
    ["x-key", `${head}0\r\nX-Key : SECRET\r\n\r\n`, "0\r\nX-Key : ***\r\n\r\n"],
    ["x-key", `${head}0\r\nX-Key: SEC`, "0\r\nX-Key: ***"],
    [
      "token",
      `${head}ZZ\r\nGET /api?token=SECRET HTTP/1.1\r\nToken: SECRET\r\n\r\n`,
      "ZZ\r\nGET /api?token=*** HTTP/1.1\r\nToken: ***\r\n\r\n",
    ],
  ]);
});

Deno.test("--mask hides parameters of a form, at any place", () => {
  const form = (content: string): string =>
    `POST /api HTTP/1.1\r\n${FORM}Content-Length: ${content.length}\r\n${END}${content}`;
  const chunks = `POST /api HTTP/1.1\r\n${FORM}${CHUNKED}\r\n`;
  const open = "x".repeat(1_000);
  return checkRows([
    ["token", form("token=SECRET&x=1"), "\r\n\r\ntoken=***&x=1"],
    ["token", form("x=1&to%6Ben=SECRET&y=2&TOKEN=SEC=RET\r\n"), "\r\n\r\nx=1&to%6Ben=***&y=2&TOKEN=***"],
    ["token", form(`${open}&token=SECRET${open}`), "&token=*** (and "],
    ["token", form("token=SECRET&x").replace("urlencoded", "URLENCODED ; charset=utf-8"), "\r\ntoken=***&x"],
    ["token", form("token=SEC&x").slice(0, -3), "\r\n\r\ntoken=***"],
    [
      "token",
      `${chunks}3\r\nx&t\r\n7\r\noken=SE\r\n6\r\nCRET&y\r\n0\r\nToken: SECRET\r\n\r\n`,
      "\r\n\r\n3\r\nx&t\r\n7\r\noken=***\r\n6\r\n***&y\r\n0\r\nToken: ***\r\n\r\n",
    ],
    ["token", `${chunks}3\r\na=1\r\ntoken=SECRET\r\n0\r\n\r\n`, "\r\n\r\n3\r\na=1***"],
    ["token", `${chunks}token=SECRET&x=1`, "\r\n\r\n***"],
    ["token", `${chunks}token=SECRET&x=1\r\n`, "\r\n\r\n***"],
    ["token", `${chunks}9\r\ntoken=SEC`, "\r\n\r\n9\r\ntoken=***"],
    ["token", `${chunks}7dd\r\n${open}&token=SECRET${open}\r\n0\r\n\r\n`, "&token=*** (and "],
  ]);
});

Deno.test("--mask leaves alone content that is not a form, and fields of other names", () =>
  checkOpen([
    "POST /api?a=token HTTP/1.1\r\nX: GET /?b=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\ntoken=1&a: 2\r",
    "POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ntoken: 1\r\n0\r\nTokens: 2\r\n\r\n",
    `POST /api HTTP/1.1\r\n${FORM}Host: a\r\nContent-Length: 11\r\n\r\na=token&b=1`,
    `POST /api HTTP/1.1\r\n${FORM}Host: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n`,
  ]));

async function checkOpen(requests: readonly string[]): Promise<void> {
  for (const sent of requests) {
    await withTrap({ masks: ["token"] }, async (trap) => {
      await exchangeWithEnd(trap.port, sent);
      const [record] = await trap.records(1);
      assertEquals(record!.chain[1]!.message, `came as ${sent}`);
    });
  }
}

Deno.test("--mask hides parameters of a request that broke off in its head", async () => {
  await withTrap({ masks: ["token"] }, async (trap) => {
    const client = await connectResetting(trap.port);
    await client.send("GET /api?token=SECRET HTTP/1.1\r\nHost: a\r\n");
    // The server has read it when it has responded to a later request.
    await exchange(trap.port, `GET /api HTTP/1.1\r\n${END}`);
    await client.reset();
    await trap.records(2);
    const log = await trap.log();
    assert(!log.includes("SECRET"), log);
    assertStringIncludes(log, "received GET /api?token=*** from");
  });
});

Deno.test("createLogMasks() masks values of the named parameters in a target, and nothing else", () => {
  const masks = createLogMasks(["Token", "x-key"]);
  const rows: readonly (readonly [target: string, masked: string])[] = [
    ["/a?token=1", "/a?token=***"],
    ["/a?TOKEN=1=2&b=token&token", "/a?TOKEN=***&b=token&token"],
    ["/token=1", "/token=1"],
    ["/a?to%6Ben=1", "/a?to%6Ben=***"],
  ];
  for (const [target, masked] of rows) assertEquals(masks.target(target), masked);
});

Deno.test("createLogMasks() masks a request as received, or leaves it alone", () => {
  const sent = "GET /?token=1 HTTP/1.1\r\nX-KEY:1\r\nX-Keys: 2\r\n\r\n";
  const shape = { headBytes: sent.length, isChunked: false, headers: new HttpHeaders() };
  assertEquals(
    createLogMasks(["Token", "x-key"]).request(bytesOf(sent), shape),
    "GET /?token=*** HTTP/1.1\r\nX-KEY: ***\r\nX-Keys: 2\r\n\r\n",
  );
  assertEquals(createLogMasks([]).request(bytesOf(sent), shape), sent);
});

Deno.test("createLogMasks() masks each quote of a secret in a message, whatever characters it holds", () => {
  const head = {
    target: '/?token=$&"',
    headers: new HttpHeaders([["X-Key", "$'\xe4"], ["x-key", "2"], ["X", "3"]]),
  };
  const quotes = [head.target, "$'\xe4, 2", "3"].map((text) => JSON.stringify(text)).join(" ");
  assertEquals(createLogMasks(["token", "X-KEY"]).message(quotes, head), '"/?token=***&\\"" "***" "3"');
  assertEquals(createLogMasks([]).message(quotes, head), quotes);
});

Deno.test("createLogMasks() masks URL and cookies of an entry of the access log", () => {
  const entry: AccessEntry = {
    timeMs: 0,
    id: "id",
    client: tcpAddress("a", 1),
    status: 200,
    method: "GET",
    url: "/?token=1",
    cookies: [{ name: "s", value: "1" }],
    bytes: 0,
    durationMs: 0,
  };
  assertEquals(createLogMasks(["token"]).access(entry), { ...entry, url: "/?token=***" });
  assertEquals(createLogMasks(["Cookie"]).access(entry), {
    ...entry,
    cookies: [{ name: "s", value: "***" }],
  });
  assertEquals(createLogMasks([]).access(entry), entry);
});
