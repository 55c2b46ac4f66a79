import { assertEquals } from "@std/assert";
import { hasBrowser, launchBrowser, PAGE_DEADLINE_MS } from "../../../support/browser.ts";
import { exchange } from "../../../support/loopback.ts";
import { type Program, startProgram } from "../../../support/program.ts";
import { reservePorts } from "../../../support/reserved_ports.ts";
import { requestOf, rowOf } from "./page_fixture.ts";

async function startTrap(port: number, uiPort: number): Promise<Program> {
  const program = await startProgram(["trap", "--port", `${port}`, "--ui-port", `${uiPort}`, "--log", "off"]);
  await program.until("stdout", /ui listening on \S+\n/);
  return program;
}

Deno.test({
  name: "a page finds its trap again after a restart, and shows the requests of the new one",
  ignore: !hasBrowser("trap/page/reconnect_browser_real_test.ts"),
  fn: async () => {
    const browser = await launchBrowser();
    const { ports: [port, uiPort], release } = reservePorts(2);
    let trap = await startTrap(port!, uiPort!);
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(PAGE_DEADLINE_MS);
      await page.goto(`http://127.0.0.1:${uiPort}/`);
      await exchange(port!, requestOf("GET /api?before"));
      await rowOf(page, "before").waitFor();
      await trap.stop();
      await page.getByText("reconnecting").waitFor();
      trap = await startTrap(port!, uiPort!);
      await exchange(port!, requestOf("GET /api?after"));
      await rowOf(page, "after").waitFor();
      await page.locator(".feed.live").waitFor();
      assertEquals(await page.locator(".row").count(), 1);
    } finally {
      await browser.close();
      await trap.stop();
      release();
    }
  },
});
