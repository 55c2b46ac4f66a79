import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { hasBrowser, launchBrowser, PAGE_DEADLINE_MS } from "../../support/browser.ts";
import { type RunningApp, startApp } from "./running_app.ts";

const GREEN = "rgb(0, 128, 0)";
const WHITE = "rgb(255, 255, 255)";

const canRun = hasBrowser("app/browser_real_test.ts");

/** A test with the program and a browser of its own, both closed after it. The pages run no scripts. */
function browserTest(name: string, body: (page: Page, app: RunningApp) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !canRun,
    fn: async () => {
      const app = await startApp();
      const browser = await launchBrowser();
      let exitCode: number;
      try {
        const context = await browser.newContext({ javaScriptEnabled: false, colorScheme: "dark" });
        const page = await context.newPage();
        page.setDefaultTimeout(PAGE_DEADLINE_MS);
        await page.goto(app.url);
        await body(page, app);
      } finally {
        await browser.close();
        exitCode = await app.stop();
      }
      assertEquals(exitCode, 0, "SIGTERM ends the program with exit code 0");
    },
  });
}

function heading(page: Page): Promise<string> {
  return page.locator("h1").innerText();
}

function background(page: Page): Promise<string> {
  return page.evaluate("getComputedStyle(document.body).backgroundColor");
}

/** Presses a button of a form on the start page. */
async function press(page: Page, form: string, button: string): Promise<void> {
  await page.locator(`#${form}`).getByRole("button", { name: button, exact: true }).click();
}

/** Goes back to the start page by its link, and reads a line of the state. */
async function stateAtHome(page: Page, id: string): Promise<string> {
  await page.getByRole("link", { name: "millrace" }).click();
  return await page.locator(`#${id}`).innerText();
}

browserTest(
  "the start page divides the numbers of the form, and refuses an operand that is not a number",
  async (page, app) => {
    await press(page, "divide", "Divide");
    assertEquals(page.url(), `${app.url}div/10/to/4`);
    assertEquals(await page.locator("output").innerText(), "10 / 4 = 2.5");
    await page.goto(app.url);
    await page.getByLabel("Dividend").fill("+1e3");
    await page.getByLabel("Divisor").fill("<b>/?#");
    await press(page, "divide", "Divide");
    assertEquals(await heading(page), "400 Bad Request");
    assertStringIncludes(await page.locator("main").innerText(), "The divisor is not a number");
  },
);

browserTest("the start page sets a cookie and shows it when it comes back", async (page, app) => {
  assertEquals(await page.locator("#cookies").innerText(), "none");
  await page.getByLabel("Value").fill("a/b+c=d");
  await press(page, "set_cookie", "Set cookie");
  assertEquals(page.url(), `${app.url}set_cookie/flavour=a%2Fb%2Bc%3Dd`);
  assertEquals(await heading(page), "Cookie set");
  assertEquals(await stateAtHome(page, "cookies"), "flavour=a/b+c=d");
});

browserTest(
  "the start page makes the next pages green, error pages too, and white again",
  async (page, app) => {
    assertEquals(await background(page), WHITE);
    await press(page, "set_background", "Green");
    assertEquals(await background(page), WHITE);
    assertEquals(await stateAtHome(page, "background"), "green");
    assertEquals(await background(page), GREEN);
    await page.goto(`${app.url}nowhere`);
    assertEquals([await heading(page), await background(page)], ["404 Not Found", GREEN]);
    await page.goto(app.url);
    await press(page, "set_background", "White");
    assertEquals(await background(page), GREEN);
    assertEquals(await stateAtHome(page, "background"), "white");
    assertEquals(await background(page), WHITE);
  },
);

browserTest("the start page switches the access log to short and back", async (page) => {
  await press(page, "switch_log", "Short");
  assertEquals(await heading(page), "Access log: short");
  assertEquals(await stateAtHome(page, "log_form"), "short");
  await press(page, "switch_log", "Full");
  assertEquals(await stateAtHome(page, "log_form"), "full");
});

browserTest("the start page shows original messages of errors, and hides them again", async (page, app) => {
  const mistake = async (): Promise<string> => {
    await page.goto(app.url);
    await press(page, "mistake", "Divide by zero");
    return await page.locator("main").innerText();
  };
  assertFalse((await mistake()).includes("division by zero"));
  await page.goto(app.url);
  await press(page, "switch_errors", "On");
  assertEquals(await stateAtHome(page, "error_display"), "on");
  assertStringIncludes(await mistake(), "Cannot divide 1: division by zero");
  await page.goto(app.url);
  await press(page, "switch_errors", "Off");
  assertEquals(await stateAtHome(page, "error_display"), "off");
  assertFalse((await mistake()).includes("division by zero"));
  await page.goto(app.url);
  await press(page, "mistake", "Get lost");
  assertEquals(await heading(page), "404 Not Found");
});

browserTest("the start page sends every request of its list", async (page, app) => {
  const list = page.locator("#requests li");
  const count = await list.count();
  assert(count > 10);
  for (let i = 0; i < count; i++) {
    await page.goto(app.url);
    await page.locator("summary").click();
    const effect = await list.nth(i).locator(".quiet").innerText();
    const [response] = await Promise.all([
      page.waitForResponse((response) => response.request().isNavigationRequest()),
      list.nth(i).getByRole("button").click(),
    ]);
    assertEquals(String(response.status()), /^\d{3}/.exec(effect)?.[0] ?? "200", effect);
    assertStringIncludes(await page.title(), "millrace");
  }
});
