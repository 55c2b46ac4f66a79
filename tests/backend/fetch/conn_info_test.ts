import { assertEquals, assertThrows } from "@std/assert";
import { Hono } from "hono";
import { ipRestriction } from "hono/ip-restriction";
import { getConnInfo } from "../../../src/backend/fetch/conn_info.ts";
import { ask } from "../../support/ask.ts";
import { withFetch } from "../../support/fetch_server.ts";

Deno.test("getConnInfo() tells a middleware of Hono the client's address", async () => {
  const app = new Hono();
  app.use("/allowed", ipRestriction(getConnInfo, { allowList: ["127.0.0.1"] }));
  app.use("/denied", ipRestriction(getConnInfo, { denyList: ["127.0.0.0/8"] }));
  app.get("/allowed", (context) => context.json(getConnInfo(context).remote));
  app.get("/denied", (context) => context.text("no"));
  await withFetch(app, async (port) => {
    const allowed = await ask(port, "GET /allowed");
    assertEquals(allowed.status, 200);
    const { address, addressType, transport } = JSON.parse(allowed.body);
    assertEquals([address, addressType, transport], ["127.0.0.1", "IPv4", "tcp"]);
    assertEquals((await ask(port, "GET /denied")).status, 403);
  });
});

Deno.test("getConnInfo() knows IPv6 and unix sockets, and says when it was given something else", () => {
  const remote = { transport: "tcp", hostname: "::1", port: 1 } as const;
  assertEquals(getConnInfo({ env: { remote } }).remote.addressType, "IPv6");
  assertEquals(getConnInfo({ env: { remote: { transport: "unix", path: "" } } }), { remote: {} });
  assertThrows(() => getConnInfo({ env: undefined }), TypeError);
});
