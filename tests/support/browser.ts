import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const BROWSERS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const executablePath = BROWSERS.find((path) => existsSync(path));

/** Whether there is a browser on this machine; prints a warning if not. @param testFile whose tests are then skipped */
export function hasBrowser(testFile: string): boolean {
  if (executablePath !== undefined) return true;
  console.warn(`${testFile} skips its tests: no browser at ${BROWSERS.join(", ")}; apt-get install chromium`);
  return false;
}

/** How long a page waits for an element; a browser on a machine under load takes its time. For `setDefaultTimeout`. */
export const PAGE_DEADLINE_MS = 120_000;

/** Starts a browser without a window. @throws {Error} when there is none */
export async function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(`Cannot start a browser: none at ${BROWSERS.join(", ")}`);
  return await chromium.launch({
    executablePath,
    timeout: PAGE_DEADLINE_MS,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      // Containers often have only 64 MB in /dev/shm, and a page that needs more crashes.
      "--disable-dev-shm-usage",
    ],
  });
}
