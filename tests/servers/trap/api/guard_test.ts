import { assertEquals } from "@std/assert";
import { exchange } from "../../../support/loopback.ts";
import { test } from "../asked_trap.ts";

async function statusOf(port: number, line: string, fields: readonly string[]): Promise<number> {
  const head = [`${line} HTTP/1.1`, ...fields, "Connection: close", "", ""].join("\r\n");
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(await exchange(port, head))![1]);
}

test("the API serves localhost, addresses and its own name, and no other host (DNS rebinding)", async (withTrap) => {
  await withTrap({}, async ({ uiPort }) => {
    const allowed = [
      "127.0.0.1",
      `127.0.0.1:${uiPort}`,
      "localhost",
      "LOCALHOST:1",
      "x.localhost",
      "[::1]:5001",
      "10.0.0.1",
    ];
    for (const host of allowed) {
      assertEquals(await statusOf(uiPort, "GET /api/requests", [`Host: ${host}`]), 200, host);
    }
    for (
      const host of [
        "evil.example",
        `evil.example:${uiPort}`,
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
      ]
    ) {
      assertEquals(await statusOf(uiPort, "GET /api/requests", [`Host: ${host}`]), 403, host);
    }
  });
});

test("the API changes nothing for pages of other origins", async (withTrap) => {
  await withTrap({}, async ({ uiPort }) => {
    const host = `localhost:${uiPort}`;
    const rows: readonly (readonly [fields: readonly string[], status: number])[] = [
      [[], 204],
      [[`Origin: http://${host}`], 204],
      [[`Origin: http://${host}`, "Sec-Fetch-Site: same-origin"], 204],
      [["Sec-Fetch-Site: none"], 204],
      [["Origin: http://evil.example"], 403],
      [["Origin: null"], 403],
      [[`Origin: http://localhost:${uiPort + 1}`], 403],
      [["Sec-Fetch-Site: cross-site"], 403],
      [["Sec-Fetch-Site: same-site"], 403],
    ];
    for (const [fields, status] of rows) {
      const found = await statusOf(uiPort, "DELETE /api/requests", [`Host: ${host}`, ...fields]);
      assertEquals(found, status, fields.join());
    }
    assertEquals(
      await statusOf(uiPort, "GET /api/requests", [`Host: ${host}`, "Origin: http://evil.example"]),
      200,
    );
  });
});
