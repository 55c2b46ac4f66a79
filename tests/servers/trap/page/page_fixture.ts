import { assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { hasBrowser, launchBrowser, PAGE_DEADLINE_MS } from "../../../support/browser.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { exchange } from "../../../support/loopback.ts";
import { type Trap, type TrapSetup, withTrap } from "../trap_fixture.ts";

/** The page in a browser, and the trap that it shows. */
export interface OpenedPage {
  readonly page: Page;
  readonly trap: Trap;
  /** Sends a request (bytes seen as latin1) on a connection of its own. */
  send(request: string): Promise<void>;
  /** Opens the newest request whose target contains this text. */
  open(text: string): Promise<void>;
  /** Reads the clipboard. */
  clipboard(): Promise<string>;
}

/** Parts of {@linkcode pageTest}. */
export interface PageSetup extends TrapSetup {
  readonly viewport?: { readonly width: number; readonly height: number };
}

const canRun = hasBrowser("trap/page tests");

/**
 * A test with a trap and a browser of its own, both closed after it.
 *
 * Whatever the test does, the page must ask no other origin, break no policy, throw no error and open no dialog.
 */
export function pageTest(name: string, setup: PageSetup, test: (opened: OpenedPage) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !canRun,
    fn: () =>
      withTrap(setup, async (trap) => {
        const browser = await launchBrowser();
        try {
          const context = await browser.newContext({
            viewport: setup.viewport ?? { width: 1280, height: 800 },
            permissions: ["clipboard-read", "clipboard-write"],
          });
          const page = await context.newPage();
          page.setDefaultTimeout(PAGE_DEADLINE_MS);
          const breaches = watch(page, `http://127.0.0.1:${trap.uiPort}/`);
          await page.goto(`http://127.0.0.1:${trap.uiPort}/`);
          await page.getByText("Waiting for the first request").waitFor();
          await test({
            page,
            trap,
            send: async (request) => void await exchange(trap.port, bytesOf(request)),
            open: (text) => rowOf(page, text).click(),
            clipboard: () => page.evaluate("navigator.clipboard.readText()"),
          });
          assertEquals(breaches, []);
        } finally {
          await browser.close();
        }
      }),
  });
}

/** The newest row whose target contains a text. */
export function rowOf(page: Page, text: string): Locator {
  return page.locator(".row").filter({ has: page.locator(".target").getByText(text) }).first();
}

/** Waits until the list has this many requests. */
export async function untilCount(page: Page, count: number): Promise<void> {
  const shown = `${count.toLocaleString("en-US")} request${count === 1 ? "" : "s"}`;
  await page.locator("#count").getByText(shown, { exact: true }).waitFor();
}

/** A request with content that ends its connection. */
export function requestOf(line: string, fields: readonly string[] = [], content: string = ""): string {
  const length = content === "" ? [] : [`Content-Length: ${content.length}`];
  const head = [`${line} HTTP/1.1`, "Host: trap.test", "Connection: close", ...fields, ...length];
  return `${head.join("\r\n")}\r\n\r\n${content}`;
}

/** Collects events that must not happen on a page. */
function watch(page: Page, origin: string): string[] {
  const breaches: string[] = [];
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin)) {
      breaches.push(request.url());
    }
  });
  page.on("dialog", (dialog) => {
    breaches.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("popup", (popup) => breaches.push(`popup: ${popup.url()}`));
  page.on("pageerror", (error) => breaches.push(`error: ${error.stack}`));
  page.on("console", (message) => {
    // The browser's own message for a response of the API that is not 2xx.
    if (/^Failed to load resource/.test(message.text())) return;
    if (message.type() === "error" || message.type() === "warning") breaches.push(message.text());
  });
  return breaches;
}
