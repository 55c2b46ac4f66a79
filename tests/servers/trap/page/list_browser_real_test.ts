// The list in a real browser: it fills live, can be narrowed and paused, and stays quick.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { numberedRequest } from "../stored_requests.ts";
import { pageTest, requestOf, rowOf, untilCount } from "./page_fixture.ts";

pageTest("the empty page tells how to send a first request, which then appears", {}, async (opened) => {
  const { page, trap, clipboard } = opened;
  const shown = await page.locator(".command").innerText();
  assertStringIncludes(shown, `http://127.0.0.1:${trap.port}/api`);
  await page.getByRole("button", { name: "Copy the command" }).click();
  await page.getByText("Copied the command").waitFor();
  const command = await clipboard();
  assertEquals(command, shown);
  const { success } = await new Deno.Command("sh", { args: ["-c", command], stdout: "null", stderr: "null" })
    .output();
  if (!success) await opened.send(requestOf("POST /api?x=1"));
  await rowOf(page, "/api?x=1").waitFor();
  assertEquals(await page.locator("#count").innerText(), "1 request");
});

pageTest(
  "requests appear live, the newest first, with their faults",
  {},
  async ({ page, send }) => {
    await send(requestOf("GET /api?n=1"));
    await rowOf(page, "/api?n=1").waitFor();
    await send(requestOf("PUT /api?n=2", ["Content-Type: text/plain; charset=utf-8"], "hello"));
    await send("GET /odd HTTP/1.1\r\nHost : a\r\n\r\n");
    await send("\x16\x03\x01 not HTTP\r\n\r\n");
    await rowOf(page, "not understood").waitFor();
    const rows = await page.locator(".row").allInnerTexts();
    assertEquals(rows.length, 4);
    assertMatch(rows[0]!, /malformed/);
    assertMatch(rows[1]!, /GET\s+\/odd[^]*malformed/);
    assertMatch(rows[2]!, /PUT\s+\/api\?n=2[^]*text\/plain[^]*5 B[^]*200/);
    assertMatch(rows[3]!, /GET\s+\/api\?n=1/);
  },
);

pageTest(
  "a row shows a target beyond ASCII as text, and a long one next to its size",
  {},
  async ({ page, send }) => {
    await send("GET /gr\xc3\xbc\xc3\x9fe HTTP/1.1\r\nHost: a\r\n\r\n");
    await rowOf(page, "/grüße").waitFor();
    await send(requestOf(`POST /${"long".repeat(1_000)}`, [], "hello"));
    const row = rowOf(page, "/longlong");
    const about = await row.locator(".about").boundingBox();
    const size = await row.locator(".size").boundingBox();
    assert(size!.x >= about!.x && size!.x + size!.width <= about!.x + about!.width + 1);
  },
);

pageTest(
  "the list can be paused: requests that come meanwhile are counted, then shown",
  {},
  async ({ page, send }) => {
    await send(requestOf("GET /api?n=1"));
    await rowOf(page, "n=1").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await send(requestOf("GET /api?n=2"));
    await send(requestOf("GET /api?n=3"));
    await page.getByText("paused, 2 waiting").waitFor();
    assertEquals(await page.locator(".row").count(), 1);
    await page.getByRole("button", { name: "Resume" }).click();
    await rowOf(page, "n=3").waitFor();
    assertEquals(await page.locator(".row").count(), 3);
  },
);

pageTest(
  "the list is narrowed by text, method, path and errors, also while requests come",
  {},
  async (opened) => {
    const { page, send } = opened;
    await send(requestOf("GET /api?a"));
    await send(requestOf("POST /api?b", ["X-Kind: wheel"], "needle in content"));
    await send(requestOf("GET /other?c"));
    await rowOf(page, "/other?c").waitFor();
    const targets = async (): Promise<string[]> => await page.locator(".row .target").allInnerTexts();

    await page.getByRole("searchbox").fill("NEEDLE");
    await untilCount(page, 1);
    assertEquals(await targets(), ["/api?b"]);
    await page.getByRole("searchbox").fill("wheel");
    await send(requestOf("GET /api?d", ["X-Kind: Wheel 2"]));
    await send(requestOf("GET /api?e"));
    await untilCount(page, 2);
    assertEquals(await targets(), ["/api?d", "/api?b"]);

    await page.getByRole("searchbox").fill("");
    await untilCount(page, 5);
    await page.getByLabel("Method").selectOption("POST");
    await untilCount(page, 1);
    await page.getByLabel("Method").selectOption("");
    await untilCount(page, 5);
    await page.getByLabel("Path").fill("/other");
    await untilCount(page, 1);
    assertEquals(await targets(), ["/other?c"]);
    await page.getByLabel("Path").fill("");
    await untilCount(page, 5);
    await page.getByRole("button", { name: "Errors only" }).click();
    await untilCount(page, 2);
    await page.getByLabel("Path").fill("/nowhere");
    await page.getByText("No request matches.").waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await untilCount(page, 5);
  },
);

pageTest(
  "10,000 requests: few rows in the document, all reachable, live, searched",
  { keep: 20_000 },
  async (opened) => {
    const { page, trap, send } = opened;
    for (let i = 0; i < 10_000; i++) {
      trap.store.add(numberedRequest(i));
    }
    await untilCount(page, 10_000);
    const list = page.getByRole("listbox");
    assertMatch(await rowOf(page, "/n/9999").innerText(), /\/n\/9999/);
    assert(await page.locator("*").count() < 1_500, "elements in the document");
    await list.evaluate((element) => element.scrollTop = element.scrollHeight / 2);
    await page.getByText("/n/5000", { exact: true }).waitFor();
    await list.evaluate((element) => element.scrollTop = element.scrollHeight);
    await page.getByText("/n/0", { exact: true }).click();
    await page.getByRole("heading", { name: "/n/0" }).waitFor();
    // A row that is being read stays in its place when requests arrive above it.
    await send(requestOf("GET /api?late"));
    await untilCount(page, 10_001);
    assert(await page.locator(".row.selected").isVisible());
    await page.keyboard.press("Home");
    await page.getByRole("heading", { name: "/api?late" }).waitFor();
    await page.getByRole("searchbox").fill("/n/77");
    await untilCount(page, 111);
  },
);

pageTest("rows that are being read never leave the document when many come at once", {}, async (opened) => {
  const { page, trap } = opened;
  const add = (from: number, to: number): void => {
    for (let i = from; i < to; i++) trap.store.add(numberedRequest(i));
  };
  add(0, 100);
  await untilCount(page, 100);
  await page.getByRole("listbox").evaluate((element) => element.scrollTop = element.scrollHeight / 2);
  const read = page.getByText("/n/45", { exact: true });
  await read.waitFor();
  const before = await read.boundingBox();
  await page.getByRole("button", { name: "Pause" }).click();
  add(100, 200);
  await page.getByText("paused, 100 waiting").waitFor();
  // Called after each change of the document, before the browser draws it.
  await page.evaluate(`
    window.absences = 0;
    new MutationObserver(() => {
      const targets = [...document.querySelectorAll(".row .target")];
      if (!targets.some(({ textContent }) => textContent.trim() === "/n/45")) window.absences++;
    }).observe(document.body, { childList: true, subtree: true });
  `);
  await page.getByRole("button", { name: "Resume" }).click();
  await untilCount(page, 200);
  await page.locator(".row[aria-posinset='155'][aria-setsize='200']").waitFor();
  assertEquals(await page.evaluate("window.absences"), 0);
  assertEquals((await read.boundingBox())!.y, before!.y);
});

pageTest(
  "a page that opens late loads older requests while scrolling",
  { keep: 20_000 },
  async (opened) => {
    const { page, trap } = opened;
    await page.goto("about:blank");
    for (let i = 0; i < 1_000; i++) {
      trap.store.add(numberedRequest(i));
    }
    await page.goto(`http://127.0.0.1:${trap.uiPort}/`);
    const total = page.locator("#count", { hasText: /^1,000 requests$/ });
    await total.waitFor();
    assertEquals(await page.getByText("/n/0", { exact: true }).count(), 0);
    const list = page.getByRole("listbox");
    while (await page.getByText("/n/0", { exact: true }).count() === 0) {
      await list.evaluate((element) => element.scrollTop = element.scrollHeight);
    }
    await total.waitFor();
  },
);

pageTest(
  "a request that is deleted elsewhere, or dropped, goes from the list",
  { keep: 3 },
  async (opened) => {
    const { page, trap, send, open } = opened;
    for (const n of [1, 2, 3]) await send(requestOf(`GET /api?n=${n}`));
    await rowOf(page, "n=3").waitFor();
    await open("n=1");
    await page.getByRole("tab", { name: "Chain" }).waitFor();
    await send(requestOf("GET /api?n=4"));
    await rowOf(page, "n=4").waitFor();
    await page.getByText("The request is not kept any more.").waitFor();
    await trap.call("/api/requests", { method: "DELETE" });
    await page.getByText("Waiting for the first request").waitFor();
  },
);

pageTest(
  "an open request stays open, and the list where it is, while others come",
  { keep: 20_000 },
  async (opened) => {
    const { page, trap, send } = opened;
    for (let i = 0; i < 500; i++) {
      trap.store.add(numberedRequest(i));
    }
    await untilCount(page, 500);
    await rowOf(page, "/n/499").click();
    const list = page.getByRole("listbox");
    await list.evaluate((element) => element.scrollTop = 5_000);
    await page.getByText("/n/350", { exact: true }).waitFor();
    await send(requestOf("GET /api?late"));
    await untilCount(page, 501);
    assert(await page.getByText("/n/350", { exact: true }).isVisible());
    assert(await list.evaluate((element) => element.scrollTop) > 4_900);
    await page.getByRole("heading", { name: "/n/499" }).waitFor();
  },
);

pageTest("with Follow on, each request is opened as it comes", {}, async ({ page, send }) => {
  await page.getByRole("button", { name: "Follow" }).click();
  for (const n of [1, 2, 3]) {
    await send(requestOf(`GET /api?n=${n}`));
    await page.getByRole("heading", { name: `n=${n}` }).waitFor();
  }
});

pageTest("typed text stays in its field while requests come", {}, async ({ page, send }) => {
  await page.getByRole("searchbox").focus();
  // Every request is found by every part of the text, so that its row appears before and after the list is narrowed.
  for (const letter of "api") {
    await page.keyboard.press(letter);
    await send(requestOf(`GET /api?${letter}`));
    await rowOf(page, `/api?${letter}`).waitFor();
  }
  assertEquals(await page.getByRole("searchbox").inputValue(), "api");
});

pageTest(
  "one feed serves all tabs: the last of eight still gets the requests",
  {},
  async ({ page, send, trap }) => {
    const tabs = [page];
    for (let i = 0; i < 7; i++) {
      const tab = await page.context().newPage();
      await tab.goto(`http://127.0.0.1:${trap.uiPort}/`);
      await tab.locator(".feed.live").waitFor();
      tabs.push(tab);
    }
    await send(requestOf("GET /api?all"));
    for (const tab of tabs) await rowOf(tab, "/api?all").waitFor();
    // The tab with the feed closes, and another one takes over.
    await page.goto("about:blank");
    await send(requestOf("GET /api?again"));
    for (const tab of tabs.slice(1)) await rowOf(tab, "/api?again").waitFor();
    for (const tab of tabs.slice(1)) await tab.close();
  },
);
