// The page of the metrics store in a real browser: names, plots, zoom, table, series, boards, health, deletion.

import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { findBarriers } from "../../../support/accessibility.ts";
import { hasBrowser, launchBrowser, PAGE_DEADLINE_MS } from "../../../support/browser.ts";
import { exchangeWithEnd } from "../../../support/loopback.ts";
import { startProgram } from "../../../support/program.ts";

const canRun = hasBrowser("metrics/page tests");
const POINTS = 60;

const VIEWS = ["plot", "table", "series", "boards", "health"] as const;
// An element that shows that a view is there.
const SHOWN: Readonly<Record<typeof VIEWS[number], string>> = {
  plot: ".plot canvas",
  table: ".grid tbody tr",
  series: ".grid tbody tr",
  boards: ".detail .note",
  health: ".figures",
};

interface OpenedPage {
  readonly page: Page;
  readonly origin: string;
  /** Sends lines of the protocol. */
  put(lines: readonly string[]): Promise<void>;
}

/** A test with a store of three series and a browser, both closed after it. No script may fail. */
function pageTest(name: string, test: (opened: OpenedPage) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !canRun,
    fn: async () => {
      const program = await startProgram(["metrics", "--error-log", "off"]);
      await program.until("stdout", /metrics ui listening on \S+\n/);
      const origin = /metrics ui listening on (\S+)\n/.exec(program.stdout)![1]!;
      const put = async (lines: readonly string[]): Promise<void> => {
        const replies = await exchangeWithEnd(
          program.port,
          new TextEncoder().encode(lines.join("\n") + "\n"),
        );
        assertEquals(replies, "ok\n\n".repeat(lines.length));
      };
      const now = Math.floor(Date.now() / 1_000);
      const samples = Array.from(
        { length: POINTS },
        (_, i) => ["a", "b", "c"].map((host, n) => `put servers.${host}.load ${n + i % 7} ${now - 10 * i}`),
      ).flat();
      await put(samples);
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        page.setDefaultTimeout(PAGE_DEADLINE_MS);
        const failures: string[] = [];
        page.on("pageerror", (error) => failures.push(String(error)));
        page.on("request", (request) => {
          if (!request.url().startsWith(origin) && !/^(?:blob|data):/.test(request.url())) {
            failures.push(request.url());
          }
        });
        await page.goto(origin);
        await page.locator(".feed.live").waitFor();
        await test({ page, origin, put });
        assertEquals(failures, []);
      } finally {
        await browser.close();
        await program.stop();
      }
    },
  });
}

pageTest("names open node by node, are plotted, and stand in the address", async ({ page }) => {
  await page.getByRole("button", { name: "servers", exact: true }).click();
  await page.getByRole("button", { name: "a", exact: true }).click();
  await page.getByRole("button", { name: "load", exact: true }).click();
  await page.locator(".plot canvas").waitFor();
  assertMatch(page.url(), /target=servers\.a\.load/);
  await page.locator(".legend tbody tr").first().waitFor();
  assertEquals(await page.locator(".legend tbody tr").count(), 1);
  await page.getByLabel("Name, glob or expression").fill("servers.*.load");
  await page.getByRole("button", { name: "Plot" }).first().click();
  await page.locator(".legend tbody tr").nth(3).waitFor();
  await page.reload();
  await page.locator(".legend tbody tr").nth(3).waitFor();
});

pageTest("a plot is zoomed by dragging, summed, and shown as a table", async ({ page, origin }) => {
  await page.goto(`${origin}?target=servers.*.load&from=-15min`);
  const over = page.locator(".plot .u-over");
  await over.waitFor();
  const box = (await over.boundingBox())!;
  await page.mouse.move(box.x + 100, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + 300, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+&until=\d+/);
  await page.goto(`${origin}?target=servers.*.load&from=-15min`);
  await page.getByLabel("Show").selectOption("sum");
  await page.getByText("sumSeries(servers.*.load)").waitFor();
  await page.locator(".legend tbody tr").nth(1).waitFor({ state: "detached" });
  assertEquals(await page.locator(".legend tbody tr").count(), 1);
  await page.getByRole("button", { name: "Table" }).click();
  await page.locator(".grid tbody tr").nth(5).waitFor();
});

pageTest("only names and patterns of the store can be deleted from the plot", async ({ page, origin }) => {
  await page.goto(`${origin}?target=servers.?.load&target=sumSeries(servers.*.load)&target=servers.*.load`);
  await page.getByRole("button", { name: "Remove servers.?.load" }).waitFor();
  const bins = page.getByRole("list", { name: "Plotted" }).getByRole("button", { name: /^Delete/ });
  assertEquals(await bins.count(), 1);
  assertEquals(await bins.getAttribute("aria-label"), "Delete servers.*.load");
});

pageTest("CSV, JSON and PNG have what is shown", async ({ page, origin }) => {
  await page.goto(`${origin}?target=servers.*.load&from=-15min`);
  await page.locator(".legend tbody tr").nth(2).waitFor();
  const save = async (name: string): Promise<Uint8Array> => {
    const downloads = page.waitForEvent("download");
    await page.getByRole("button", { name, exact: true }).click();
    return await Deno.readFile(await (await downloads).path());
  };
  const heightOf = (png: Uint8Array): number => new DataView(png.buffer).getUint32(20);
  const whole = heightOf(await save("PNG"));
  await page.getByRole("button", { name: "servers.b.load" }).click();
  await page.locator(".legend [aria-pressed=false]").waitFor();
  const text = async (name: string): Promise<string> => new TextDecoder().decode(await save(name));
  assertMatch(
    await text("CSV"),
    /^time,servers\.a\.load,servers\.c\.load\r\n\d{4}-\d\d-\d\dT[\d:.]+Z,[\d.]*,[\d.]*\r\n/,
  );
  const json = JSON.parse(await text("JSON")) as { readonly target: string }[];
  assertEquals(json.map(({ target }) => target), ["servers.a.load", "servers.c.load"]);
  // A line of the legend less.
  assertEquals(whole - heightOf(await save("PNG")), 20);
});

pageTest("a mistake in an expression is explained in words", async ({ page }) => {
  await page.getByLabel("Name, glob or expression").fill("nonsense(servers.a.load)");
  await page.getByRole("button", { name: "Plot" }).first().click();
  assertMatch(await page.getByRole("alert").innerText(), /nonsense/);
});

pageTest(
  "boards are saved and opened; series are listed, and deleted after a question",
  async ({ page, origin }) => {
    await page.goto(`${origin}?target=servers.b.load`);
    await page.getByRole("button", { name: "Save as board" }).click();
    await page.locator("dialog input[name=name]").fill("Load of b");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Boards" }).click();
    await page.getByRole("link", { name: "Load of b" }).click();
    await page.waitForURL(/target=servers\.b\.load/);
    await page.getByRole("button", { name: "Series", exact: true }).click();
    await page.locator(".grid tbody tr").nth(2).waitFor();
    await page.getByRole("button", { name: "Delete servers.c.load" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.locator(".grid tbody tr").nth(2).waitFor({ state: "detached" });
    assertEquals(await page.locator(".grid tbody tr").count(), 2);
  },
);

pageTest("health is shown once a second, in numbers", async ({ page, put }) => {
  await page.getByRole("button", { name: "Health" }).click();
  const puts = page.locator(".figures > div").filter({ hasText: "puts" }).locator("dd").first();
  await puts.getByText("180", { exact: true }).waitFor();
  await put(["put late 1 1"]);
  await puts.getByText("181", { exact: true }).waitFor();
});

pageTest(
  "on a phone nothing is wider than the screen",
  async ({ page, origin }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const view of VIEWS) {
      await page.goto(`${origin}?target=servers.*.load&view=${view}`);
      await page.locator(".views").waitFor();
      assertEquals(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0, view);
    }
  },
);

pageTest(
  "axe-core finds no barrier in any view, light and dark, wide and narrow",
  async ({ page, origin }) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        for (const view of VIEWS) {
          await page.goto(`${origin}?target=servers.*.load&view=${view}`);
          await page.locator(SHOWN[view]).first().waitFor();
          assertEquals(await findBarriers(page), [], `${view}, ${colorScheme}, ${width}`);
        }
      }
    }
    await page.goto(`${origin}?view=series`);
    await page.getByRole("button", { name: "Delete servers.c.load" }).click();
    assertEquals(await findBarriers(page), []);
    await page.goto(`${origin}?target=nonsense(a)`);
    await page.getByRole("alert").waitFor();
    assertEquals(await findBarriers(page), []);
  },
);
