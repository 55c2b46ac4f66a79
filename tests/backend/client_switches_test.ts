import { assertEquals, assertRejects } from "@std/assert";
import { createClientSwitches } from "../../src/backend/client_switches.ts";
import { fakeContext, fakeRequest } from "../support/fake_request.ts";

const DEFAULTS = { logForm: "full", showsErrors: false };

Deno.test("createClientSwitches() starts with full log and without error display", () => {
  const switches = createClientSwitches();
  assertEquals(switches.stateOf(fakeContext("192.0.2.1")), DEFAULTS);
  assertEquals(switches.formOf(fakeRequest("GET /"), fakeContext()), "full");
  assertEquals(switches.showsErrors(fakeRequest("GET /"), fakeContext()), false);
});

Deno.test("ClientSwitches.change() is for one client, and leaves the other switch alone", () => {
  const switches = createClientSwitches();
  switches.change(fakeContext("192.0.2.1"), { logForm: "short" });
  switches.change(fakeContext("192.0.2.1"), { showsErrors: true });
  assertEquals(switches.stateOf(fakeContext("192.0.2.1")), { logForm: "short", showsErrors: true });
  assertEquals(switches.formOf(fakeRequest("GET /"), fakeContext("192.0.2.1")), "short");
  assertEquals(switches.showsErrors(fakeRequest("GET /"), fakeContext("192.0.2.1")), true);
  assertEquals(switches.stateOf(fakeContext("192.0.2.2")), DEFAULTS);
  assertEquals(switches.size, 1);
});

Deno.test("ClientSwitches.change() is for everybody with the global scope", () => {
  const switches = createClientSwitches({ scope: "global" });
  switches.change(fakeContext("192.0.2.1"), { logForm: "short" });
  assertEquals(switches.stateOf(fakeContext("2001:db8::1")), { logForm: "short", showsErrors: false });
});

Deno.test("ClientSwitches take an IPv4-mapped IPv6 address for the IPv4 address (RFC 4291 §2.5.5.2)", () => {
  const switches = createClientSwitches();
  switches.change(fakeContext("::ffff:192.0.2.1"), { showsErrors: true });
  for (const address of ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:192.0.2.1"]) {
    assertEquals(switches.stateOf(fakeContext(address)).showsErrors, true, address);
  }
  for (const address of ["::192.0.2.1", "::1", "::ffff:c000:201:1"]) {
    assertEquals(switches.stateOf(fakeContext(address)).showsErrors, false, address);
  }
});

Deno.test("ClientSwitches do not keep a client that is back to the defaults", () => {
  const switches = createClientSwitches();
  switches.change(fakeContext(), { showsErrors: true });
  switches.change(fakeContext(), { showsErrors: false });
  switches.change(fakeContext("192.0.2.9"), { logForm: "full" });
  assertEquals(switches.size, 0);
});

Deno.test("ClientSwitches forget the client not seen for the longest time; reading a switch counts as seeing", () => {
  const switches = createClientSwitches({ maxClients: 2 });
  const [first, second, third] = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(fakeContext);
  switches.change(first!, { showsErrors: true });
  switches.change(second!, { showsErrors: true });
  switches.stateOf(first!);
  switches.change(third!, { showsErrors: true });
  assertEquals(switches.size, 2);
  assertEquals([first!, second!, third!].map((context) => switches.stateOf(context).showsErrors), [
    true,
    false,
    true,
  ]);
});

Deno.test("ClientSwitches change a known client again without evicting another one", () => {
  const switches = createClientSwitches({ maxClients: 2 });
  switches.change(fakeContext("192.0.2.1"), { showsErrors: true });
  switches.change(fakeContext("192.0.2.2"), { showsErrors: true });
  switches.change(fakeContext("192.0.2.2"), { logForm: "short" });
  assertEquals(switches.stateOf(fakeContext("192.0.2.1")).showsErrors, true);
});

Deno.test("ClientSwitches.change() takes effect when the other store has kept it, and not when that fails", async () => {
  const kept: string[] = [];
  let isAway = false;
  const switches = createClientSwitches({
    keep: (client, change) => {
      kept.push(`${client} ${JSON.stringify(change)}`);
      return isAway ? Promise.reject(new Error("away")) : Promise.resolve();
    },
  });
  const context = fakeContext("192.0.2.1");
  const changing = switches.change(context, { logForm: "short" });
  assertEquals(switches.stateOf(context).logForm, "full");
  await changing;
  assertEquals(switches.stateOf(context).logForm, "short");
  isAway = true;
  await assertRejects(async () => await switches.change(context, { showsErrors: true }), Error, "away");
  assertEquals(switches.stateOf(context).showsErrors, false);
  assertEquals(kept, ['192.0.2.1 {"logForm":"short"}', '192.0.2.1 {"showsErrors":true}']);
  switches.replaceAll(new Map([["192.0.2.2", { showsErrors: true }]]));
  switches.set("192.0.2.2", { logForm: "short" });
  assertEquals(switches.stateOf(context), { logForm: "full", showsErrors: false });
  assertEquals(switches.stateOf(fakeContext("192.0.2.2")), { logForm: "short", showsErrors: true });
});
