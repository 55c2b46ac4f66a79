import { assertEquals } from "@std/assert";
import { Replayer, type ReplayOptions } from "../../../../src/servers/trap/api/replay.ts";
import { readReplayRequest } from "../../../../src/servers/trap/api/replay_request.ts";
import { Journal } from "../../../../src/servers/trap/capture/journal.ts";
import { createSystemMicroClock } from "../../../../src/servers/trap/records/micro_clock.ts";
import { RequestStore } from "../../../../src/servers/trap/store/request_store.ts";
import { SignatureChecker } from "../../../../src/servers/trap/signatures/signature_checker.ts";
import type { HttpError } from "../../../../src/http/errors.ts";
import { type Connection, ConnectionError } from "../../../../src/net/connection.ts";
import { connect } from "../../../../src/net/listen.ts";
import { WireBytes } from "../../../../src/servers/trap/records/wire_bytes.ts";
import { StoredRequest } from "../../../../src/servers/trap/records/stored_request.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { storedRequest } from "../stored_requests.ts";
import { sha256 } from "../trap_fixture.ts";
import { withTarget } from "./replay_target.ts";

const NEVER: ReplayOptions["connect"] = () => new Promise(() => {});

function createReplayer(options: Partial<ReplayOptions>): Replayer {
  const clock = options.clock ?? new FakeClock();
  const now = createSystemMicroClock();
  return new Replayer({
    reach: "private",
    clock,
    now,
    store: new RequestStore({ maxRequests: 10, maxBytes: 2 ** 20 }),
    signatures: new SignatureChecker([], () => clock.nowMs()),
    journal: new Journal({ log: undefined, now, clock }),
    maxKeptBytes: 2 ** 20,
    connect,
    connectTls: NEVER,
    ...options,
  });
}

async function statusOf(
  options: Partial<ReplayOptions>,
  request: StoredRequest = storedRequest("1"),
  clock: FakeClock = new FakeClock(),
): Promise<number> {
  const replayer = createReplayer({ clock, connect: NEVER, ...options });
  const call = readReplayRequest({ url: "http://a.test" });
  return await replayer.replay(request, call).then(() => 0, (error: HttpError) => error.status);
}

Deno.test("Replayer checks all addresses of a name, and connects to a checked one", async () => {
  assertEquals(
    await statusOf({ reach: "public", resolve: () => Promise.resolve(["1.1.1.1", "::1"]) }),
    403,
  );
  assertEquals(await statusOf({ resolve: () => Promise.resolve([]) }), 502);
  assertEquals(await statusOf({ resolve: () => Promise.reject(new Error("no such name")) }), 502);
  const asked: string[] = [];
  const status = await statusOf({
    reach: "public",
    resolve: () => Promise.resolve(["1.1.1.1", "2606:4700:4700::1111"]),
    connect: ({ hostname, port }) => {
      asked.push(`${hostname} ${port}`);
      return Promise.reject(new ConnectionError("refused", "refused"));
    },
  });
  assertEquals([status, asked], [502, ["1.1.1.1 80"]]);
});

Deno.test("Replayer gives up after its time, and replays no request that was cut", async () => {
  const clock = new FakeClock();
  let isClosed = false;
  const silent = {
    transmit: () => {},
    receive: () => {},
    close: () => isClosed = true,
  } as unknown as Connection;
  const status = statusOf(
    { resolve: () => Promise.resolve(["1.1.1.1"]), connect: () => Promise.resolve(silent) },
    storedRequest("1"),
    clock,
  );
  await clock.advance(30_000);
  assertEquals({ status: await status, isClosed, timerCount: clock.timerCount }, {
    status: 504,
    isClosed: true,
    timerCount: 0,
  });
  const wire = new WireBytes(new Uint8Array(10));
  wire.limit(5);
  assertEquals(await statusOf({}, new StoredRequest(storedRequest("1").facts, wire)), 409);
});

Deno.test("Replayer reads every form of response (RFC 9112 §6.3), and refuses malformed ones", async () => {
  const rows: readonly (readonly [response: string, method: string, expected: string | number])[] = [
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more", "GET", "hi"],
    ["HTTP/1.0 200 OK\r\n\r\nuntil the end", "GET", "until the end"],
    ["HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "GET", ""],
    ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "GET", "x"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD", ""],
    ["HTTP/1.1 204 No Content\r\n\r\n", "GET", ""],
    ["HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "GET", ""],
    ["HTTP/1.1 200 OK\r\n\r\n", "CONNECT", ""],
    ["HTTP/1.1 101 Switching Protocols\r\n\r\n", "GET", ""],
    ["HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "GET", "hi"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\nT: 1\r\n\r\n", "GET", "x"],
    ["", "GET", 502],
    ["SSH-2.0\r\n", "GET", 502],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", "GET", 502],
    ["HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi", "GET", 502],
    ["HTTP/1.1 200 OK\r\nno field\r\n\r\n", "GET", 502],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET", 502],
    [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}\r\n\r\n`, "GET", 502],
  ];
  const replayer = createReplayer({});
  for (const [response, method, expected] of rows) {
    await withTarget(response, async (port) => {
      const request = storedRequest("1", "", { method });
      const result = await replayer.replay(request, readReplayRequest({ url: `http://127.0.0.1:${port}` }))
        .then(
          ({ bodyBytes, sha256 }) => [bodyBytes, sha256],
          (error: HttpError) => error.status,
        );
      const wanted = typeof expected === "number" ? expected : [expected.length, sha256(expected)];
      assertEquals(result, wanted, response.slice(0, 80));
    });
  }
});
