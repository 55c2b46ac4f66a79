// Makes the pictures of the documents: `deno task screenshots`. It needs the ports 3000, 5000 and 5001, which
// the pictures show.

import { createHmac } from "node:crypto";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser } from "../../../support/browser.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { exchange } from "../../../support/loopback.ts";
import { ROOT, startProgram } from "../../../support/program.ts";
import { requestOf, rowOf } from "./page_fixture.ts";

const PORT = 5000;
const APP_PORT = 3000;
const URL_OF_PAGE = "http://127.0.0.1:5001/";
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 750 };

const HOOK = ["content-type: application/json; charset=utf-8", "User-Agent: Billing-Hooks/2.1"];

function hook(attempt: number): string {
  const invoice = '{"event":"invoice.paid","id":12345678901234567890,"live":true,"amount":19.90,' +
    `"customer":{"name":"Ada Lovelace","tags":["vip","early"],"address":null},"attempt":${attempt}}`;
  const fields = [...HOOK, `X-Hook-Signature: sha256=${attempt === 1 ? "0f3a9c1e" : "77b0d2c4"}`];
  return requestOf("POST /webhooks/billing", attempt === 1 ? fields : [...fields, "X-Retry: 1"], invoice);
}

// Also that of the guide in docs/trap.md.
const SECRET = "It-is-a-secret";

function push(): string {
  const content = '{"ref":"refs/heads/main","before":"9f2c41d","after":"1ecd0b5","forced":false,' +
    '"repository":{"full_name":"ada/engine","private":false},"pusher":{"name":"ada"},"commits":3}';
  const signature = createHmac("sha256", SECRET).update(content).digest("hex");
  const fields = ["User-Agent: GitHub-Hookshot/044aadd", "X-GitHub-Event: push"];
  return requestOf(
    "POST /webhooks/github",
    [...fields, "Content-Type: application/json", `X-Hub-Signature-256: sha256=${signature}`],
    content,
  );
}

const MALFORMED =
  "GET /odd HTTP/1.1\r\nHost: 127.0.0.1:5000\r\nX-Folded : not allowed\r\nAccept: */*\r\n\r\n";

/** The application to which requests are forwarded. */
function respond({ url, method }: Request): Response {
  const { pathname } = new URL(url);
  if (pathname === "/webhooks/github") return Response.json({ queued: true, build: 1841 }, { status: 202 });
  if (pathname === "/login") return Response.redirect("http://127.0.0.1:5000/home", 303);
  if (method === "PUT") return new Response(null, { status: 201 });
  if (method === "DELETE") return new Response(null, { status: 204 });
  return pathname === "/reports" ? new Response("no database\n", { status: 503 }) : new Response("ok\n");
}

/** A picture: its file, its page, and the steps before it is taken. */
interface Shot {
  readonly name: string;
  readonly options: BrowserContextOptions;
  readonly prepare: (page: Page) => Promise<void>;
}

/** A trap with requests, and the pictures of it. */
interface Scene {
  readonly flags: readonly string[];
  readonly requests: readonly string[];
  readonly shots: readonly Shot[];
}

/** A trap that responds by itself, with the rules of the exercise. */
const OWN_RESPONSES: Scene = {
  flags: [],
  requests: [
    requestOf("GET /api?x=1&name=J%C3%BCrgen+M", ["Cookie: session=abc123; theme=dark"]),
    hook(1),
    MALFORMED,
    requestOf("POST /api?x=2&notawaiting=1"),
    requestOf("GET /api?x=3"),
  ],
  shots: [{
    name: "chain",
    options: { viewport: DESKTOP, colorScheme: "light" },
    prepare: async (page) => {
      await rowOf(page, "notawaiting").click();
      await page.getByRole("tab", { name: "Chain" }).click();
    },
  }],
};

/** A trap in front of an application. */
const FORWARDING: Scene = {
  flags: ["--rules", "none", "--forward", `http://localhost:${APP_PORT}`, "--secret", `github=${SECRET}`],
  requests: [
    requestOf("GET /search?q=J%C3%BCrgen+M", ["Cookie: session=abc123; theme=dark"]),
    hook(1),
    requestOf("POST /login", ["Content-Type: application/x-www-form-urlencoded"], "user=ada&pass=s%26cret"),
    requestOf(
      "PUT /files/wheel.png",
      ["Content-Type: image/png"],
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR".repeat(60),
    ),
    hook(2),
    requestOf("DELETE /items/7?soft=1"),
    MALFORMED,
    push(),
    requestOf("GET /reports"),
  ],
  shots: [
    {
      name: "request",
      options: { viewport: DESKTOP, colorScheme: "dark" },
      prepare: (page) => rowOf(page, "github").click(),
    },
    {
      name: "compare",
      options: { viewport: DESKTOP, colorScheme: "light" },
      prepare: async (page) => {
        await page.locator(".row").filter({ hasText: "billing" }).last().click();
        await page.getByRole("button", { name: "Compare" }).click();
        await rowOf(page, "billing").click();
        await page.getByRole("heading", { name: "Comparison" }).waitFor();
      },
    },
    { name: "phone-list", options: { viewport: PHONE, colorScheme: "light" }, prepare: async () => {} },
    {
      name: "phone-bytes",
      options: { viewport: PHONE, colorScheme: "dark" },
      prepare: async (page) => {
        await rowOf(page, "/odd").click();
        await page.getByRole("tab", { name: "Bytes" }).click();
      },
    },
  ],
};

async function takeShot(browser: Browser, { name, options, prepare }: Shot): Promise<void> {
  const page = await browser.newPage({ ...options, reducedMotion: "reduce" });
  await page.goto(URL_OF_PAGE);
  await page.locator(".feed.live").waitFor();
  await page.locator(".row").first().waitFor();
  await prepare(page);
  await page.screenshot({ path: `${ROOT}docs/trap-${name}.png` });
  await page.close();
}

async function takeScene(browser: Browser, { flags, requests, shots }: Scene): Promise<void> {
  const program = await startProgram(["trap", "--port", String(PORT), "--log", "off", ...flags]);
  try {
    for (const request of requests) {
      await exchange(PORT, bytesOf(request.replace("Host: trap.test", "Host: 127.0.0.1:5000")));
    }
    for (const shot of shots) await takeShot(browser, shot);
  } finally {
    await program.stop();
  }
}

async function main(): Promise<void> {
  const app = Deno.serve({ hostname: "127.0.0.1", port: APP_PORT, onListen: () => {} }, respond);
  const browser = await launchBrowser();
  try {
    for (const scene of [OWN_RESPONSES, FORWARDING]) await takeScene(browser, scene);
  } finally {
    await browser.close();
    await app.shutdown();
  }
}

if (import.meta.main) await main();
