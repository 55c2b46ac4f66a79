import { assertEquals } from "@std/assert";
import { hasBrowser, launchBrowser } from "../../../support/browser.ts";
import { exchange } from "../../../support/loopback.ts";
import { type Program, startProgram } from "../../../support/program.ts";
import { requestOf, rowOf } from "./page_fixture.ts";

async function startTrap(port: string, uiPort: string): Promise<Program & { readonly uiPort: string }> {
  const program = await startProgram(["trap", "--port", port, "--ui-port", uiPort, "--log", "off"]);
  await program.until("stdout", /ui listening on \S+\n/);
  return Object.assign(program, { uiPort: /ui listening on \S+:(\d+)\//.exec(program.stdout)![1]! });
}

Deno.test({
  name: "a page finds its trap again after a restart, and shows the requests of the new one",
  ignore: !hasBrowser("trap/page/reconnect_browser_real_test.ts"),
  fn: async () => {
    const browser = await launchBrowser();
    let trap = await startTrap("0", "0");
    try {
      const { port, uiPort } = trap;
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${uiPort}/`);
      await exchange(port, requestOf("GET /api?before"));
      await rowOf(page, "before").waitFor();
      await trap.stop();
      await page.getByText("reconnecting").waitFor();
      trap = await startTrap(String(port), uiPort);
      await exchange(port, requestOf("GET /api?after"));
      await rowOf(page, "after").waitFor();
      await page.locator(".feed.live").waitFor();
      assertEquals(await page.locator(".row").count(), 1);
    } finally {
      await browser.close();
      await trap.stop();
    }
  },
});
