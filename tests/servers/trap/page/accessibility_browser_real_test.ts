// The page has no barriers: axe-core finds none in any of its states, in light and dark, on a phone.

import { assertEquals } from "@std/assert";
import { deflateSync } from "node:zlib";
import type { Page } from "playwright-core";
import { findBarriers } from "../../../support/accessibility.ts";
import { textOf } from "../../../support/latin1.ts";
import { storedRequest } from "../stored_requests.ts";
import { parseRespondScript } from "../../../../src/servers/trap/rules/respond_script.ts";
import { type OpenedPage, pageTest, requestOf, rowOf } from "./page_fixture.ts";

const JSON_FIELD = "Content-Type: application/json";
const TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAwMDB9.c2lnbmF0dXJl";
// One pixel.
const PNG = textOf(Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
));
const PARTS = '--b\r\nContent-Disposition: form-data; name="t"\r\n\r\nA wheel\r\n--b\r\n' +
  'Content-Disposition: form-data; name="f"; filename="w.bin"\r\n\r\n\x00\x01\xff\r\n--b--\r\n';

/** Requests with every kind of content and every kind of fault, by path. */
const REQUESTS: Readonly<Record<string, string>> = {
  "/json": requestOf("POST /shop/json?x=1", [
    JSON_FIELD,
    "X-GitHub-Event: push",
    `Authorization: Bearer ${TOKEN}`,
    "Cookie: a=1; b=2",
    "X-Hub-Signature-256: sha256=00",
  ], '{"id":1,"list":[{"a":true,"b":null}],"text":"word"}'),
  "/xml": requestOf("POST /shop/xml", ["Content-Type: application/xml"], '<a><b c="d">text</b></a>'),
  "/form": requestOf("POST /shop/form", ["Content-Type: application/x-www-form-urlencoded"], "user=ada&p=s"),
  "/parts": requestOf("POST /shop/parts", ["Content-Type: multipart/form-data; boundary=b"], PARTS),
  "/image": requestOf("PUT /shop/image", ["Content-Type: image/png"], PNG),
  "/text": requestOf("DELETE /shop/text", ["Content-Type: text/plain"], "one\nline\x1b"),
  "/packed": requestOf("PATCH /shop/packed", ["Content-Encoding: deflate"], textOf(deflateSync("packed"))),
  "/scripted": requestOf("GET /shop/scripted"),
  "/broken": requestOf("GET /shop/broken"),
  "/odd": "GET /shop/odd HTTP/1.1\r\nHost : a\r\n\r\n",
  "/large": requestOf("POST /shop/large", [], "x".repeat(3_000)),
};

const RULES = JSON.stringify([
  { path: "/shop/scripted", sequence: [{ status: 418, body: "short" }] },
  { path: "/shop/broken", sequence: [{ body: "abc", wire: { kind: "bad_chunk" } }] },
]);

const TLS_REASON = "no shared cipher";
const TABS = ["Request", "Chain", "Bytes", "Timing"];
const FORMS = ["Text", "Form", "Multipart", "Hex", "JSON"];

/** Goes from state to state, and notes the barriers of each. */
class Walk {
  readonly barriers: string[] = [];
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async look(state: string): Promise<void> {
    for (const barrier of await findBarriers(this.#page)) this.barriers.push(`${state}: ${barrier}`);
  }

  async dialog(button: string): Promise<void> {
    await this.#page.getByRole("button", { name: button, exact: true }).click();
    await this.#page.locator("dialog[open]").waitFor();
    await this.look(`dialog ${button}`);
    await this.#page.keyboard.press("Escape");
    await this.#page.locator("dialog").waitFor({ state: "detached" });
  }
}

async function fill({ page, send, trap }: OpenedPage): Promise<void> {
  for (const request of Object.values(REQUESTS)) await send(request);
  trap.store.add(
    storedRequest("2026-01-02T12:00:00.000000Z-00tst", "", { target: "/shop/old", bin: "shop" }),
  );
  trap.store.add(storedRequest("2026-01-02T12:00:00.000001Z-00tst", "", { tlsFailure: TLS_REASON }));
  // A phone has no room for the count.
  await page.locator(".row .target").nth(Object.keys(REQUESTS).length + 1).waitFor();
}

async function lookAtRequests(page: Page, walk: Walk): Promise<void> {
  for (const path of Object.keys(REQUESTS)) {
    await openRow(page, path);
    await walk.look(path);
  }
  await openRow(page, "/json");
  for (const form of FORMS) {
    await page.getByRole("button", { name: form, exact: true }).click();
    await walk.look(`/json as ${form}`);
  }
  for (const path of ["/json", "/odd"]) {
    await openRow(page, path);
    for (const tab of TABS) {
      await page.getByRole("tab", { name: tab }).click();
      await walk.look(`${path}, ${tab}`);
    }
    await page.getByRole("tab", { name: "Request" }).click();
  }
}

/** Opens a row; on a phone the list comes first. */
async function openRow(page: Page, text: string): Promise<void> {
  const back = page.getByRole("button", { name: "Back to the list" });
  if (await back.isVisible()) await back.click();
  await rowOf(page, text).click();
  await page.getByRole("tab", { name: "Request", selected: true }).waitFor();
  await page.getByRole("heading", { name: text }).waitFor();
}

async function lookAtDialogs({ page, trap }: OpenedPage, walk: Walk): Promise<void> {
  await openRow(page, "/json");
  for (const button of ["Send again", "Delete", "Rules", "Delete all"]) await walk.dialog(button);
  await page.keyboard.press("?");
  await page.locator("dialog[open]").waitFor();
  await walk.look("dialog keys");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Rules", exact: true }).click();
  await page.getByLabel("Rules, as JSON").fill("no JSON");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("dialog .bad").waitFor();
  await walk.look("dialog rules, refused");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Send again", exact: true }).click();
  await page.getByLabel("Server").fill("http://127.0.0.1:1");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator("dialog .bad").waitFor();
  await walk.look("dialog send, failed");
  await page.getByLabel("Server").fill(`http://127.0.0.1:${trap.port}/elsewhere`);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText(/200 with \d+ bytes of content/).waitFor();
  await walk.look("dialog send, sent");
  await page.keyboard.press("Escape");
  await page.getByText("sent again").first().waitFor();
  await walk.look("a request that was sent again");
}

async function lookAtComparison(page: Page, walk: Walk): Promise<void> {
  await openRow(page, "/json");
  await page.getByRole("button", { name: "Compare" }).click();
  await walk.look("choosing for a comparison");
  await rowOf(page, "/xml").click();
  await page.getByRole("heading", { name: "Comparison" }).waitFor();
  await walk.look("comparison");
  for (let open = 2; open > 0; open--) await page.keyboard.press("Escape");
}

const STYLES = [
  { name: "by day", colorScheme: "light", viewport: { width: 1_600, height: 900 } },
  { name: "by night", colorScheme: "dark", viewport: { width: 1_200, height: 800 } },
  { name: "on a phone", colorScheme: "light", viewport: { width: 390, height: 780 } },
] as const;

for (const { name, colorScheme, viewport } of STYLES) {
  pageTest(`no state of the page has a barrier, ${name}`, {
    viewport,
    maxBodyBytes: 2_000,
    replaysToPrivate: true,
    script: parseRespondScript(RULES),
    options: { hasBins: true, storageError: "the disk is full" },
  }, async (opened) => {
    const { page } = opened;
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const walk = new Walk(page);
    await walk.look("empty");
    await fill(opened);
    await page.locator(".trap-status .bad").waitFor();
    await walk.look("list");
    await page.getByRole("button", { name: "High or low rows" }).click();
    await walk.look("high rows");
    await page.getByRole("button", { name: "High or low rows" }).click();
    await lookAtRequests(page, walk);
    await openRow(page, TLS_REASON);
    await walk.look("a failed handshake");
    await lookAtDialogs(opened, walk);
    await lookAtComparison(page, walk);
    await page.getByRole("button", { name: "New bin" }).click();
    await page.getByText("Waiting for the first request of this bin").waitFor();
    await walk.look("an empty bin");
    await page.getByRole("searchbox").fill("nothing");
    await page.getByText("No request matches.").waitFor();
    await walk.look("nothing found");
    assertEquals(walk.barriers, []);
  });
}
