import { assert, assertEquals, assertMatch } from "@std/assert";
import { toHarEntry } from "../../../../src/servers/trap/api/har.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { exchange } from "../../../support/loopback.ts";
import { storedRequest } from "../stored_requests.ts";
import { test } from "../asked_trap.ts";

const END = "Host: example.org:81\r\nConnection: close\r\n\r\n";

interface Har {
  readonly log: {
    readonly version: string;
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly HarEntry[];
  };
}

interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: Readonly<Record<string, unknown>> & {
    readonly postData?: Readonly<Record<string, string>>;
  };
  readonly response: Readonly<Record<string, unknown>>;
  readonly cache: unknown;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
}

test("GET /api/export.har is an archive of all requests, the oldest first (HAR 1.2)", async (withTrap) => {
  await withTrap({}, async (trap) => {
    await exchange(trap.port, `GET /api?a=%20b&c HTTP/1.1\r\nCookie: x=1; y=2\r\n${END}`);
    await exchange(
      trap.port,
      bytesOf(`POST /x HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n${END}n\xc3\xa4h!`),
    );
    await exchange(trap.port, bytesOf(`POST /x HTTP/1.1\r\nContent-Length: 3\r\n${END}\x00\xff\x01`));
    await exchange(trap.port, "nonsense\r\n");
    const response = await trap.call("/api/export.har");
    assertEquals(response.headers.get("content-disposition"), 'attachment; filename="requests.har"');
    const { log }: Har = await response.json();
    assertEquals([log.version, log.creator.name, log.entries.length], ["1.2", "millrace", 4]);
    const [get, text, binary, nonsense] = log.entries as [HarEntry, HarEntry, HarEntry, HarEntry];
    for (const { startedDateTime, time, timings, cache } of log.entries) {
      assertMatch(startedDateTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      assertEquals([cache, timings.send + timings.wait + timings.receive], [{}, time]);
      assert(time >= 0);
    }
    assertEquals(get.request, {
      method: "GET",
      url: "http://example.org:81/api?a=%20b&c",
      httpVersion: "HTTP/1.1",
      cookies: [{ name: "x", value: "1" }, { name: "y", value: "2" }],
      headers: [
        { name: "Cookie", value: "x=1; y=2" },
        { name: "Host", value: "example.org:81" },
        { name: "Connection", value: "close" },
      ],
      queryString: [{ name: "a", value: " b" }, { name: "c", value: "" }],
      headersSize: `GET /api?a=%20b&c HTTP/1.1\r\nCookie: x=1; y=2\r\n${END}`.length,
      bodySize: 0,
    });
    assertEquals([get.response["status"], get.response["statusText"]], [200, "OK"]);
    assertEquals(text.request.postData, { mimeType: "text/plain", text: "näh!" });
    assertEquals(binary.request.postData, {
      mimeType: "application/octet-stream",
      text: "AP8B",
      _encoding: "base64",
      comment: "no text: encoded in base64",
    });
    assertEquals([nonsense.request["method"], nonsense.request["url"]], [
      "",
      `http://127.0.0.1:${trap.port}/`,
    ]);
    const { log: one } = await trap.json<Har>("/api/export.har?path=/api");
    assertEquals(one.entries.length, 1);
  });
});

Deno.test("toHarEntry() gives every form of target an absolute URL", () => {
  const rows: readonly (readonly [target: string, host: string, url: string])[] = [
    ["/a", "b", "http://b/a"],
    ["http://c/d?e", "b", "http://c/d?e"],
    ["*", "b", "http://b/*"],
    ["/a", "not a host", "http://127.0.0.1:5000/a"],
  ];
  for (const [target, host, url] of rows) {
    const entry = toHarEntry(storedRequest("1", "", { target, headers: [["Host", host]] }));
    assertEquals((entry["request"] as { url: string }).url, url);
  }
  const encrypted = toHarEntry(storedRequest("1", "", { isEncrypted: true }));
  assertEquals((encrypted["request"] as { url: string }).url, "https://a/api");
  assertEquals((encrypted["response"] as { status: number }).status, 0);
});

test("GET /api/export.ndjson is one record a line", async (withTrap) => {
  await withTrap({}, async (trap) => {
    const content = "x".repeat(60_000);
    for (const n of [1, 2, 3]) {
      const fields = `X: ${"y".repeat(10_000)}\r\nContent-Length: ${content.length}\r\n`;
      await exchange(trap.port, `POST /api?n=${n} HTTP/1.1\r\n${fields}${END}${content}`);
    }
    const records = await trap.records(3);
    const response = await trap.call("/api/export.ndjson");
    assertEquals(response.headers.get("content-type"), "application/x-ndjson");
    const lines = (await response.text()).split("\n");
    assertEquals(lines.pop(), "");
    assertEquals(lines.map((line) => JSON.parse(line)), JSON.parse(JSON.stringify(records)));
    const empty = await trap.call("/api/export.ndjson?method=PUT");
    assertEquals(await empty.text(), "");
  });
});
