import { assertEquals, assertRejects } from "@std/assert";
import { createTrapApi, isUnfiltered } from "../../../../src/servers/trap/page/client/trap_api.js";
import type { TrapApi } from "../../../../src/servers/trap/page/client/page_types.ts";
import { exchange } from "../../../support/loopback.ts";
import { type Trap, withTrap } from "../trap_fixture.ts";

const ALL = { text: "", method: "", path: "", errorsOnly: false, faultsOnly: false, bin: "" };

function apiTest(name: string, test: (trapApi: TrapApi, trap: Trap) => Promise<void>): void {
  Deno.test(name, () =>
    withTrap({}, async (trap) => {
      for (const [method, path] of [["GET", "/api"], ["PUT", "/a?b=c"], ["GET", "/a"]]) {
        await exchange(trap.port, `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      }
      await trap.records(3);
      await test(createTrapApi(trap.call), trap);
    }));
}

apiTest("TrapApi lists the requests that pass the filters, page by page", async (trapApi) => {
  const targets = async (...call: Parameters<TrapApi["list"]>) =>
    (await trapApi.list(...call)).map(({ target }) => target);
  const all = await trapApi.list(ALL, { limit: 100 });
  assertEquals(all.map(({ target }) => target), ["/a", "/a?b=c", "/api"]);
  assertEquals(await targets(ALL, { limit: 1, before: all[0]!.id }), ["/a?b=c"]);
  assertEquals(await targets({ ...ALL, method: "PUT" }, { limit: 9 }), ["/a?b=c"]);
  assertEquals(await targets({ ...ALL, path: "/a" }, { limit: 9 }), ["/a", "/a?b=c"]);
  assertEquals(await targets({ ...ALL, errorsOnly: true }, { limit: 9 }), ["/a", "/a?b=c"]);
  assertEquals(await targets({ ...ALL, text: "B=C" }, { limit: 9 }), ["/a?b=c"]);
  assertEquals({ all: isUnfiltered(ALL), errorsOnly: isUnfiltered({ ...ALL, errorsOnly: true }) }, {
    all: true,
    errorsOnly: false,
  });
});

apiTest("TrapApi gives one request: record, bytes up to a limit, HAR", async (trapApi) => {
  const [newest] = await trapApi.list(ALL, { limit: 1 });
  const { id, wireBytes } = newest!;
  assertEquals((await trapApi.record(id)).target, "/a");
  const whole = await trapApi.bytes(id, "raw", 1_000);
  assertEquals([whole.bytes.length, whole.totalBytes], [wireBytes, wireBytes]);
  const part = await trapApi.bytes(id, "raw", 10);
  assertEquals([part.bytes, part.totalBytes], [whole.bytes.slice(0, 10), wireBytes]);
  assertEquals((await trapApi.bytes(id, "body", 10)).totalBytes, 0);
  assertEquals(JSON.parse(await trapApi.har(id)).log.entries.length, 1);
});

apiTest("TrapApi deletes, and says when a request no longer exists", async (trapApi) => {
  const [newest] = await trapApi.list(ALL, { limit: 1 });
  await trapApi.remove(newest!.id);
  const { id } = newest!;
  await assertRejects(() => trapApi.record(id), Error, "The request is not kept any more.");
  await assertRejects(() => trapApi.bytes(id, "raw", 1), Error, "The request is not kept any more.");
  await trapApi.clear("");
  assertEquals(await trapApi.list(ALL, { limit: 1 }), []);
  await assertRejects(() => trapApi.list(ALL, { limit: 0 }), Error, "expected a whole number from 1 to 1000");
});

apiTest("TrapApi says why a request was not sent again", async (trapApi, trap) => {
  const [newest] = await trapApi.list(ALL, { limit: 1 });
  const url = `http://127.0.0.1:${trap.port}/`;
  await assertRejects(() => trapApi.replay(newest!.id, { url }), Error, "127.0.0.1");
});
