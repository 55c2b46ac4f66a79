// Captured content never runs on the page. The fixture fails on dialogs, foreign requests, breaches of the policy and
// errors in scripts; this test opens every view.

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { hostileRequests, PAYLOADS } from "./hostile_requests.ts";
import { pageTest, untilCount } from "./page_fixture.ts";

// Elements and attributes that our own templates never make.
const FOREIGN =
  "script, style, link, meta, base, iframe, object, embed, template, foreignObject, [onerror], " +
  "img:not(.picture > img[src^='data:image/png;base64,']), " +
  "[onload], [onfocus], [srcdoc]";

// Names every difference that the page would show if content had run, had become markup, or could mislead a reader.
const STATE = `(() => ({
  ran: window.__ran,
  polluted: ({}).x,
  title: document.title,
  foreign: document.querySelectorAll("#app :is(${FOREIGN})").length,
  apps: document.querySelectorAll("#app").length,
  links: Array.from(document.querySelectorAll("#app a"), (link) => link.getAttribute("href"))
    .filter((href) => !/^\\/api\\/requests\\/[\\w.%-]+\\/raw$/.test(href)),
  hidden: /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\ufeff\\u001b\\u009b\\u0007]/.test(document.body.textContent),
}))()`;

const UNHARMED = {
  ran: undefined,
  polluted: undefined,
  title: "millrace trap",
  foreign: 0,
  apps: 1,
  links: [],
  hidden: false,
};

// Opens the row with an id, goes through all its views, and gives the state of each with all of their text.
const LOOK_AT_ALL = `async (id) => {
  const drawn = () => new Promise((resolve) => setTimeout(resolve));
  const press = async (element) => { element.click(); await drawn(); };
  await press(document.getElementById("row-" + id));
  while (document.querySelector(".facts code")?.textContent !== id) {
    await press(document.getElementById("tab-chain") ?? document.body);
  }
  const seen = { states: [], text: "" };
  const note = () => { seen.states.push(${STATE}); seen.text += document.querySelector(".detail").textContent; };
  for (const tab of document.querySelectorAll("[role=tab]")) {
    await press(tab);
    note();
    for (const form of document.querySelectorAll(".segment")) {
      await press(form);
      if (form.textContent === "XML") {
        await import("/page/xml.js");
        await drawn();
        await drawn();
      }
      note();
    }
  }
  return seen;
}`;

async function stateOf(page: Page): Promise<unknown> {
  return await page.evaluate(STATE);
}

pageTest(
  "captured content never runs, at any place, in any view",
  { options: { hasBins: true } },
  async ({ page, trap, send }) => {
    for (const [name, payload] of Object.entries(PAYLOADS)) {
      const requests = hostileRequests(payload);
      for (const request of requests) await send(request);
      await untilCount(page, requests.length);
      assertEquals(await stateOf(page), UNHARMED, name);
      for (const { id } of await trap.records(requests.length)) {
        const seen = await page.evaluate<{ states: unknown[]; text: string }>(
          `(${LOOK_AT_ALL})(${JSON.stringify(id)})`,
        );
        for (const state of seen.states) assertEquals(state, UNHARMED, `${name}: ${id}`);
        // The payload was visible.
        const words = /[a-z]{4,}/.exec(payload)?.[0] ?? "x";
        assertStringIncludes(seen.text, words, name);
      }
      await trap.call("/api/requests", { method: "DELETE" });
      await page.getByText("Waiting for the first request").waitFor();
    }
  },
);

pageTest("hostile requests can be searched, copied, compared and downloaded", {}, async (opened) => {
  const { page, trap, send, clipboard } = opened;
  const payloads = Object.values(PAYLOADS);
  for (const payload of payloads) await send(hostileRequests(payload)[1]!);
  await untilCount(page, payloads.length);
  for (const name of ["attribute", "css", "svg"]) {
    await page.getByRole("searchbox").fill(PAYLOADS[name]!);
    await untilCount(page, 1);
    await page.locator(".row").click();
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByText("Copied the command").waitFor();
    assertStringIncludes(await clipboard(), "curl -i");
  }
  await page.getByRole("searchbox").fill("");
  await untilCount(page, payloads.length);
  await page.getByRole("button", { name: "Compare" }).click();
  await page.locator(".row").first().click();
  await page.getByRole("heading", { name: "Comparison" }).waitFor();
  assertEquals(await stateOf(page), UNHARMED);
  const [record] = await trap.records(payloads.length);
  for (const what of ["raw", "body"]) {
    // A download, not a page: the browser has nothing to show, and nothing to run.
    const path = JSON.stringify(`/api/requests/${record!.id}/${what}`);
    await Promise.all([page.waitForEvent("download"), page.evaluate(`location.href = ${path}`)]);
  }
  assertEquals(await stateOf(page), UNHARMED);
});
