import { assert, assertEquals } from "@std/assert";
import { existsSync } from "node:fs";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { hasBrowser, launchBrowser, PAGE_DEADLINE_MS } from "../../support/browser.ts";
import { type Program, startProgram, withDirectory } from "../../support/program.ts";

const PUBLIC_FILES = new URL("../../../../shared/http-test-suite/", import.meta.url).pathname;

const canRun = hasBrowser("static/browser_real_test.ts");
const hasPublicFiles = existsSync(join(PUBLIC_FILES, "httptest", "wikipedia_russia.html"));
if (!hasPublicFiles) {
  console.warn("static/browser_real_test.ts skips a test: ../shared/http-test-suite/httptest is not there");
}

interface Seen {
  /** Requests to the server that failed or were refused. */
  readonly failures: readonly string[];
  /** Requests to the server. */
  readonly count: () => number;
}

function browserTest(
  settings: { readonly name: string; readonly flags: readonly string[]; readonly ignore?: boolean },
  body: (page: Page, program: Program, seen: Seen) => Promise<void>,
): void {
  Deno.test({
    name: settings.name,
    ignore: !canRun || settings.ignore === true,
    fn: async () => {
      const program = await startProgram([
        "static",
        ...settings.flags,
        "--access-log",
        "off",
        "--error-log",
        "off",
      ]);
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage();
        page.setDefaultTimeout(PAGE_DEADLINE_MS);
        const origin = `http://127.0.0.1:${program.port}/`;
        const failures: string[] = [];
        let count = 0;
        // Old pages ask other hosts for things, which this server does not serve.
        await page.route((url) => !url.href.startsWith(origin), (route) => route.abort());
        page.on("response", (response) => {
          if (!response.url().startsWith(origin)) return;
          count++;
          if (response.status() >= 400) failures.push(`${response.status()} ${response.url()}`);
        });
        page.on("requestfailed", (request) => {
          if (request.url().startsWith(origin)) {
            failures.push(`${request.failure()?.errorText} ${request.url()}`);
          }
        });
        await body(page, program, { failures, count: () => count });
      } finally {
        await browser.close();
        assertEquals((await program.stop()).code, 0);
      }
    },
  });
}

/** Address and natural size of the pictures of this server. */
const PICTURES = `[...document.images].filter((image) => image.src.startsWith(location.origin))
  .map((image) => [image.src, image.naturalWidth, image.naturalHeight])`;

browserTest({ name: "the page of the docroot shows all of its pictures and the headers", flags: [] }, async (
  page,
  { port },
  { failures },
) => {
  await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: "load" });
  assertEquals(await page.locator("h1").innerText(), "It runs.");
  const sizes: [string, number, number][] = await page.evaluate(PICTURES);
  assertEquals(sizes.map(([, width, height]) => `${width}x${height}`), [
    "240x240",
    "240x240",
    "320x200",
    "320x200",
    "120x120",
  ]);
  const field = page.locator("#fields dt", { hasText: "accept-ranges" });
  // The page requests them after it has loaded.
  await field.waitFor();
  assertEquals(await field.count(), 1);
  assertEquals(failures, []);
});

browserTest({
  name: "wikipedia_russia.html looks right: no failed request, pictures in their sizes, styles",
  flags: ["-r", PUBLIC_FILES],
  ignore: !hasPublicFiles,
}, async (page, { port }, { failures, count }) => {
  await page.goto(`http://127.0.0.1:${port}/httptest/wikipedia_russia.html`, { waitUntil: "load" });
  assertEquals(await page.locator("h1#firstHeading").innerText(), "Russia");
  assert((await page.locator("body").innerText()).includes("Wikimedia Foundation, Inc."));
  const sizes: [string, number, number][] = await page.evaluate(PICTURES);
  assert(sizes.length > 200, `${sizes.length} pictures`);
  assertEquals(sizes.filter(([, width, height]) => width === 0 || height === 0), []);
  assertEquals(failures, []);
  assert(count() > 150, `${count()} requests`);
  // The stylesheet of the page places its navigation at the left.
  const panel = await page.locator("#mw-panel").boundingBox();
  assertEquals({ x: panel?.x, isNarrow: Math.round(panel?.width ?? 0) < 250 }, { x: 0, isNarrow: true });
  const screenshot = await page.screenshot({ fullPage: true });
  assert(screenshot.length > 500_000, `a screenshot of ${screenshot.length} bytes has pictures in it`);
});

Deno.test({
  name:
    "--live-reload loads a page again when its file changes, or a stylesheet that has been the same for years",
  ignore: !canRun,
  fn: async () => {
    await withDirectory(async (directory) => {
      const documentOf = (heading: string): string =>
        `<!DOCTYPE html><link rel="stylesheet" href="style.css"><body><h1>${heading}</h1></body>`;
      await writeFile(join(directory, "index.html"), documentOf("old"));
      await writeFile(join(directory, "style.css"), "h1 { color: rgb(1, 2, 3) }");
      // Without --live-reload, browsers would keep it for a tenth of its age.
      await utimes(join(directory, "style.css"), 0, 0);
      const program = await startProgram(["static", "-r", directory, "--live-reload", "--access-log", "off"]);
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage();
        page.setDefaultTimeout(PAGE_DEADLINE_MS);
        const streams = page.waitForResponse((response) => response.url().endsWith("/.millrace/live_reload"));
        await page.goto(`http://127.0.0.1:${program.port}/`);
        await streams;
        await writeFile(join(directory, "index.html"), documentOf("new"));
        await page.locator("h1", { hasText: "new" }).waitFor();
        assertEquals(await page.locator("h1").innerText(), "new");
        await writeFile(join(directory, "style.css"), "h1 { color: rgb(4, 5, 6) }");
        await page.waitForFunction("getComputedStyle(document.querySelector('h1')).color === 'rgb(4, 5, 6)'");
      } finally {
        await browser.close();
        assertEquals((await program.stop()).code, 0);
      }
    });
  },
});
