// The bundled core inside a page of a browser.

import { assertEquals } from "@std/assert";
import { within } from "../support/deadline.ts";
import { hasBrowser, launchBrowser } from "../support/browser.ts";
import { bundleForBrowser } from "./browser_bundle.ts";

const EXPECTED = "200,200,200 /first ; /second ; /upload hello, world;";

Deno.test({
  name:
    "serveConnection() over fromWebStreams() responds to pipelined requests and an upload in a page of Chromium",
  ignore: !hasBrowser("core_browser_real_test.ts"),
  // The browser's driver keeps resources of its own open.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const script = await bundleForBrowser(new URL("core_page.ts", import.meta.url));
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      ({ url }) =>
        url.endsWith(".js")
          ? new Response(script, { headers: { "Content-Type": "text/javascript" } })
          : new Response("<!DOCTYPE html><title>core</title>", { headers: { "Content-Type": "text/html" } }),
    );
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const origin = `http://127.0.0.1:${server.addr.port}`;
      await page.goto(origin);
      const outcome = page.evaluate(`import("${origin}/core.js").then((core) => core.exchangeInMemory())`);
      assertEquals(await within(outcome, "the exchange"), EXPECTED);
    } finally {
      await browser.close();
      await server.shutdown();
    }
  },
});
