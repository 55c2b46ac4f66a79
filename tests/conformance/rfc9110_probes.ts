// HTTP semantics (RFC 9110): requirements that one exchange cannot show.

import { assert, assertEquals } from "@std/assert";
import { SYSTEM_CLOCK } from "../../src/base/clock.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import { DEFAULT_STATIC_OPTIONS } from "../../src/servers/static/options.ts";
import { createStatic } from "../../src/servers/static/create_static.ts";
import { ask, finish, withClient } from "../support/echo_server.ts";
import { connectRaw } from "../support/loopback.ts";
import type { Requirement } from "../support/requirements.ts";
import { fieldOf, parseResponses, type ReceivedResponse } from "../support/responses.ts";
import { CHANGED, makeSite } from "../testdata/conformance/site.ts";

const HELD_BACK = "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
// The content names the method, and so has another length.
const METHOD_IN_CONTENT = /^(date|content-length)$/;
// Names that may stand on several lines (RFC 9110 §5.3, RFC 6265 §3).
const LISTS = /^(set-cookie|vary|allow|link|www-authenticate)$/;

export const RFC9110_PROBES: readonly Requirement[] = [
  ["2.2", "MUST NOT", "no response breaks the grammar, whatever was requested", async () => {
    // The reader throws at every byte that should not be there.
    for (const response of await responsesOfAllKinds()) assert(response.status >= 200);
  }],
  ["5.3", "MUST NOT", "no response has several lines of a field that is not a list", async () => {
    for (const { status, fields } of await responsesOfAllKinds()) {
      const names = fields.map(([name]) => name).filter((name) => !LISTS.test(name));
      assertEquals(names.length, new Set(names).size, `${status}: ${names}`);
    }
  }],
  ["5.3", "MUST NOT", "a request is not handled before its header section is complete", handledWhenComplete],
  ["5.6.3", "SHOULD", "the white space after a colon is one space", async () => {
    // The reader of these tests accepts nothing else.
    assertEquals((await ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")).length, 1);
  }],
  ["6.6.1", "SHOULD", "Date is the time of the response", async () => {
    const [response] = await ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    assert(Math.abs(Date.parse(fieldOf(response!, "date")!) - Date.now()) < 60_000);
  }],
  [
    "8.8.2.1",
    "MUST NOT",
    "Last-Modified is not later than Date, whatever the date of the file",
    () =>
      withSite(async ({ get }) => {
        const [response] = await get("/future.txt");
        const [changed, now] = ["last-modified", "date"].map((name) => Date.parse(fieldOf(response!, name)!));
        assert(changed! <= now!, `${changed} and ${now}`);
      }),
  ],
  [
    "8.8.2.1",
    "SHOULD",
    "Last-Modified is the date of the file at most a second before it is sent",
    () =>
      withSite(async ({ get, root, pass }) => {
        await get("/a.txt");
        await Deno.utime(`${root}/a.txt`, new Date("2024-02-02T00:00:00Z"), new Date("2024-02-02T00:00:00Z"));
        pass(1_000);
        const [response] = await get("/a.txt");
        assertEquals(fieldOf(response!, "last-modified"), "Fri, 02 Feb 2024 00:00:00 GMT");
      }),
  ],
  [
    "8.8.3",
    "MUST",
    "a tag without W/ changes with every octet, whatever the dates",
    () =>
      withSite(async ({ get, root, pass }) => {
        const [before] = await get("/a.txt");
        await Deno.writeTextFile(`${root}/a.txt`, "9876543210");
        await Deno.utime(`${root}/a.txt`, new Date(CHANGED), new Date(CHANGED));
        pass(1_000);
        const [after] = await get("/a.txt");
        const [old, fresh] = [before!, after!].map((response) => fieldOf(response, "etag"));
        assertEquals({ oldQuote: old?.[0], isSame: old === fresh, freshQuote: fresh?.[0] }, {
          oldQuote: '"',
          isSame: false,
          freshQuote: '"',
        });
      }),
  ],
  ["9.3.2", "SHOULD", "HEAD gets all the fields of GET: the core", async () => {
    for (const target of ["/a", "/stream", "/status/404", "/stream?Content-Length=13"]) {
      const [get] = await ask(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const [head] = await ask(`HEAD ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      assertEquals(
        fieldsApartFrom(METHOD_IN_CONTENT, head!),
        fieldsApartFrom(METHOD_IN_CONTENT, get!),
        target,
      );
    }
  }],
  ["9.3.2", "SHOULD", "HEAD gets all the fields of GET: files", () =>
    withSite(async ({ get, head }) => {
      for (const target of ["/a.txt", "/style.css", "/dir/", "/dir", "/nowhere", "/empty.txt"]) {
        const [[inHead], [inGet]] = [await head(target), await get(target)];
        assertEquals(fieldsApartFrom(/^date$/, inHead!), fieldsApartFrom(/^date$/, inGet!), target);
      }
    })],
  [
    "10.1.1",
    "MUST",
    "100 is sent when the content is wanted, without waiting for it, and then the final response",
    () =>
      withClient({}, async (client) => {
        await client.send(HELD_BACK);
        assertEquals(await client.readUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
        const responses = await finish(client, "hi");
        assertEquals(responses.map(({ status, content }) => `${status} ${content}`), [
          "100 ",
          "200 POST /a hi",
        ]);
      }),
  ],
  [
    "10.1.1",
    "MUST",
    "a response that needs no content comes in place of 100",
    () =>
      withClient({ maxBodyBytes: 1 }, async (client) => {
        await client.send(HELD_BACK);
        const [response, ...others] = parseResponses(await client.readAll(), ["POST"]);
        assertEquals([response!.status, fieldOf(response!, "connection"), others], [413, "close", []]);
      }),
  ],
  [
    "15.5.9",
    "MAY",
    "a head that does not come in time gets 408 and close",
    () =>
      withClient({ headTimeoutMs: 40 }, async (client) => {
        await client.send("GET /a HTTP/1.1\r\nHo");
        const [response, ...others] = parseResponses(await client.readAll(), ["GET"]);
        assertEquals([response!.status, fieldOf(response!, "connection"), others], [408, "close", []]);
      }),
  ],
];

/** Status and fields, except for those that may differ. */
function fieldsApartFrom(ignored: RegExp, { status, fields }: ReceivedResponse): unknown {
  return [status, ...fields.filter(([name]) => !ignored.test(name))];
}

async function handledWhenComplete(): Promise<void> {
  let handled = 0;
  const server = serve(await listen({ port: 0 }), (request) => {
    handled++;
    return textResponse(200, request.headers.get("x") ?? "");
  });
  const client = await connectRaw(server.address.port);
  await client.send(
    "GET /1 HTTP/1.1\r\nHost: a\r\nX: first\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nX: second\r\n",
  );
  await client.readUntil("first");
  assertEquals(handled, 1);
  await client.send("\r\n");
  assert((await client.readUntil("second")).endsWith("second"));
  assertEquals(handled, 2);
  client.close();
  await server.shutdown();
}

interface Site {
  readonly root: string;
  readonly get: (target: string) => Promise<ReceivedResponse[]>;
  readonly head: (target: string) => Promise<ReceivedResponse[]>;
  /** Lets time pass for the server. */
  readonly pass: (ms: number) => void;
}

async function withSite(use: (site: Site) => Promise<void>): Promise<void> {
  let passedMs = 0;
  const clock = { ...SYSTEM_CLOCK, nowMs: () => Date.now() + passedMs };
  const root = await makeSite();
  const files = createStatic({ options: { ...DEFAULT_STATIC_OPTIONS, root, precompressed: true }, clock });
  const server = serve(await listen({ port: 0 }), files.backend, { clock });
  const askFor = (method: string) => async (target: string): Promise<ReceivedResponse[]> => {
    const client = await connectRaw(server.address.port);
    const responses = await finish(client, `${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    client.close();
    return responses;
  };
  try {
    await use({ root, get: askFor("GET"), head: askFor("HEAD"), pass: (ms) => void (passedMs += ms) });
  } finally {
    await server.shutdown();
    files.close();
    await Deno.remove(root, { recursive: true });
  }
}

async function responsesOfAllKinds(): Promise<ReceivedResponse[]> {
  const targets = [
    "/a",
    "/stream",
    "/throw",
    "/status/201",
    "/status/204",
    "/status/304",
    "/status/404",
    "/status/599",
  ];
  const lines = ["GET", "HEAD", "POST", "OPTIONS", "BREW"].flatMap((method) =>
    targets.map((target) => `${method} ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`)
  );
  const responses = await ask(lines.join("") + "GET / HTTP/1.1\r\n\r\n");
  await withSite(async ({ get, head }) => {
    for (const target of ["/a.txt", "/style.css", "/dir", "/dir/", "/nowhere", "/%zz"]) {
      responses.push(...await get(target), ...await head(target));
    }
  });
  return responses;
}
