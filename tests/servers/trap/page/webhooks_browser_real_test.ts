// Features for collectors of webhooks: events, tokens, bins, days, and requests that came meanwhile.

import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { within } from "../../../support/deadline.ts";
import { storedRequest } from "../stored_requests.ts";
import { pageTest, requestOf, rowOf, untilCount } from "./page_fixture.ts";

const JSON_FIELD = "Content-Type: application/json";
// {"alg":"HS256","typ":"JWT"} {"sub":"ada","exp":1700000000}
const TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAwMDB9.c2lnbmF0dXJl";

pageTest("the row shows the sender's name for the event", {}, async ({ page, send }) => {
  await send(requestOf("POST /github", [JSON_FIELD, "X-GitHub-Event: push"], "{}"));
  await send(requestOf("POST /stripe", [JSON_FIELD], '{"object":"event","type":"invoice.paid"}'));
  for (const [path, event] of [["/github", "push"], ["/stripe", "invoice.paid"]] as const) {
    await rowOf(page, path).locator(".event").getByText(event, { exact: true }).waitFor();
  }
});

for (const width of [1_280, 390]) {
  pageTest(
    `a target of usual length is not cut off, ${width} pixels wide`,
    { viewport: { width, height: 780 } },
    async ({ page, send }) => {
      await send(requestOf("POST /webhooks/billing", [JSON_FIELD], '{"event":"invoice.paid"}'));
      const target = rowOf(page, "/webhooks/billing").locator(".target");
      await target.waitFor();
      assertEquals(await target.evaluate((element) => element.scrollWidth > element.clientWidth), false);
    },
  );
}

pageTest("a JWT is decoded at any place: field, cookie, JSON", {}, async ({ page, send, open }) => {
  await send(
    requestOf(
      "POST /jwt",
      [JSON_FIELD, `Authorization: Bearer ${TOKEN}`, `Cookie: sid=${TOKEN}`],
      `{"t":"${TOKEN}"}`,
    ),
  );
  await open("/jwt");
  const token = page.locator(".token");
  await token.first().waitFor();
  const texts = await token.allInnerTexts();
  assertEquals(texts.map((text) => /JWT in (\S+(?: sid)?)/.exec(text)?.[1]), [
    "Authorization",
    "cookie sid",
    "t",
  ]);
  for (const text of texts) {
    assertMatch(text, /not verified[^]*"alg": "HS256"[^]*"sub": "ada"[^]*expires 2023-11-1\d/);
  }
});

pageTest(
  "lines separate the days of the list, and a hover shows UTC",
  { keep: 100 },
  async ({ page, trap }) => {
    for (const day of ["2026-01-02", "2026-01-03"]) {
      for (const n of [1, 2]) {
        trap.store.add(storedRequest(`${day}T12:00:0${n}.000000Z-00tst`, "", { target: `/${day}/${n}` }));
      }
    }
    await untilCount(page, 4);
    const items = await page.locator(".requests .row").allInnerTexts();
    assertEquals(items.map((text) => /\/\S+|^.*day.*$/.exec(text)?.[0]), [
      "Saturday, 3 January 2026",
      "/2026-01-03/2",
      "/2026-01-03/1",
      "Friday, 2 January 2026",
      "/2026-01-02/2",
      "/2026-01-02/1",
    ]);
    const time = rowOf(page, "/2026-01-02/1").locator("time");
    assertMatch(await time.getAttribute("title") ?? "", /^2026-01-02T12:00:01\.000000Z \(UTC\), \d+ d ago$/);
    await rowOf(page, "/2026-01-02/1").click();
    await page.keyboard.press("k");
    await page.getByRole("heading", { name: "/2026-01-02/2" }).waitFor();
  },
);

pageTest(
  "each bin has a list, rules, an address and a link of its own",
  { options: { hasBins: true, maxAgeMs: 604_800_000 } },
  async (opened) => {
    const { page, trap, send, clipboard } = opened;
    await send(requestOf("GET /shop/1"));
    await send(requestOf("GET /mail/1"));
    await untilCount(page, 2);
    await page.getByText("Each keeps the newest 1,000 requests, for 7 d.").waitFor();
    await page.locator("#bin").selectOption("shop");
    await untilCount(page, 1);
    assertEquals(new URL(page.url()).search, "?bin=shop");
    await page.getByRole("button", { name: "Copy URL" }).click();
    await page.getByText("Copied the address of the bin").waitFor();
    assertEquals(await clipboard(), `http://127.0.0.1:${trap.port}/shop/`);
    // Requests to other bins stay out of the list.
    await send(requestOf("GET /mail/2"));
    await send(requestOf("GET /shop/2"));
    await rowOf(page, "/shop/2").waitFor();
    await untilCount(page, 2);

    await page.getByRole("button", { name: "Rules" }).click();
    await page.getByRole("heading", { name: "Rules of shop" }).waitFor();
    await page.getByLabel("Rules, as JSON").fill('[{ "path": "/3", "sequence": [{ "status": 418 }] }]');
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    await page.keyboard.press("Escape");
    await send(requestOf("GET /shop/3"));
    await send(requestOf("GET /mail/3"));
    await rowOf(page, "/shop/3").getByText("418").waitFor();

    await page.reload();
    await untilCount(page, 3);
    await page.getByRole("button", { name: "Delete all" }).click();
    await page.getByText("All requests of the bin shop").waitFor();
    await page.locator("dialog").getByRole("button", { name: "Delete all" }).click();
    await page.getByText("Waiting for the first request of this bin").waitFor();
    assertEquals(trap.store.size, 3);
    await page.getByRole("button", { name: "New bin" }).click();
    const name = new URL(page.url()).searchParams.get("bin");
    assertMatch(name ?? "", /^[a-z0-9]{16}$/);
    await send(requestOf(`GET /${name}/hello`));
    await rowOf(page, "/hello").waitFor();
    await page.locator("#bin").selectOption("");
    await untilCount(page, 4);
  },
);

pageTest("tab and density are remembered", {}, async ({ page, send }) => {
  await send(requestOf("GET /one"));
  await rowOf(page, "/one").click();
  await page.getByRole("tab", { name: "Timing" }).click();
  await page.getByRole("button", { name: "High or low rows" }).click();
  await page.reload();
  await page.getByRole("tab", { name: "Timing", selected: true }).waitFor();
  await page.locator(".requests.roomy").waitFor();
});

// The page forbids eval, which waitForFunction() needs.
async function untilTitle(page: Page, title: string): Promise<void> {
  while (await page.title() !== title);
}

pageTest("the title counts requests that came while the tab was hidden", {}, async ({ page, send }) => {
  // A tab behind another one, as far as its scripts can tell.
  const hide = (isHidden: boolean) =>
    page.evaluate(`{
      Object.defineProperty(document, "hidden", { configurable: true, get: () => ${isHidden} });
      document.dispatchEvent(new Event("visibilitychange"));
    }`);
  await hide(true);
  for (const n of [1, 2]) await send(requestOf(`GET /n/${n}`));
  await within(untilTitle(page, "(2) millrace trap"), "the count in the title");
  await hide(false);
  await within(untilTitle(page, "millrace trap"), "the plain title");
  // A reader at the top sees the newest.
  await rowOf(page, "/n/2").waitFor();
});
