import { assertEquals, assertRejects } from "@std/assert";
import { linkOf, readPageAccess } from "../../src/program/page_access.ts";
import { UsageError } from "../../src/program/flags/flag.ts";
import type { PageAccessValues } from "../../src/program/flags/ui_flags.ts";

const NOTHING: PageAccessValues = {
  "ui-host": undefined,
  "ui-token": undefined,
  "ui-auth-file": undefined,
  "ui-name": [],
};

Deno.test("readPageAccess() makes a token for a page beyond loopback, and for no other", async () => {
  const tokenOf = async (values: Partial<PageAccessValues>): Promise<string | undefined> =>
    (await readPageAccess({ ...NOTHING, ...values }, () => "made")).guard.token;
  assertEquals(await tokenOf({}), undefined);
  assertEquals(await tokenOf({ "ui-host": "127.0.0.2" }), undefined);
  assertEquals(await tokenOf({ "ui-host": "::1" }), undefined);
  assertEquals(await tokenOf({ "ui-host": "localhost" }), undefined);
  assertEquals(await tokenOf({ "ui-host": "0.0.0.0" }), "made");
  assertEquals(await tokenOf({ "ui-host": "::" }), "made");
  assertEquals(await tokenOf({ "ui-host": "0.0.0.0", "ui-token": "given" }), "given");
  assertEquals(await tokenOf({ "ui-token": "given" }), "given");
});

Deno.test("readPageAccess() makes tokens that cannot be guessed", async () => {
  const first = await readPageAccess({ ...NOTHING, "ui-host": "0.0.0.0" });
  const second = await readPageAccess({ ...NOTHING, "ui-host": "0.0.0.0" });
  assertEquals(/^[0-9a-f]{32}$/.test(first.guard.token!), true);
  assertEquals(first.guard.token === second.guard.token, false);
});

Deno.test("linkOf() gives an address that can be opened", async () => {
  const access = await readPageAccess({ ...NOTHING, "ui-host": "0.0.0.0" }, () => "made");
  assertEquals(linkOf("http://0.0.0.0:5001/", access), "http://localhost:5001/?token=made");
  const open = await readPageAccess(NOTHING);
  assertEquals(linkOf("http://127.0.0.1:5001/", open), "http://127.0.0.1:5001/");
});

Deno.test("readPageAccess() names --ui-auth-file when it cannot be read", async () => {
  const error = await assertRejects(
    () => readPageAccess({ ...NOTHING, "ui-auth-file": "/nowhere/at/all" }),
    UsageError,
  );
  assertEquals(
    error.message,
    'bad value for --ui-auth-file: expected a readable file, got "/nowhere/at/all"',
  );
});
