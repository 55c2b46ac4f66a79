// The actions on a request in a real browser: copying, comparing, replaying, deleting, and the rules.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFile } from "node:fs/promises";
import { textOf } from "../../../support/latin1.ts";
import { pageTest, requestOf, rowOf, untilCount } from "./page_fixture.ts";

const JSON_FIELD = "Content-Type: application/json";

pageTest("a request is copied as curl, HAR and raw bytes, and downloaded", {}, async (opened) => {
  const { page, send, open, clipboard, trap } = opened;
  const text = requestOf("POST /text?it's", [JSON_FIELD], '{"it":"\'s"}');
  const binary = requestOf("POST /binary", [], "\0\xff\r\n");
  await send(text);
  await send(binary);
  await open("/text");
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("Copied the command").waitFor();
  const command = await clipboard();
  assertStringIncludes(command, `http://127.0.0.1:${trap.port}/text`);
  assertStringIncludes(command, `--data-raw '{"it":"'\\''s"}'`);
  await page.getByRole("button", { name: "HAR" }).click();
  await page.getByText("Copied the HAR document").waitFor();
  const { log } = JSON.parse(await clipboard());
  assertEquals([log.version, log.entries.length, log.entries[0].request.method], ["1.2", 1, "POST"]);
  await page.getByRole("button", { name: "Raw" }).click();
  await page.getByText("Copied the bytes").waitFor();
  assertEquals(await clipboard(), text);
  await open("/binary");
  await page.getByRole("heading", { name: "/binary" }).waitFor();
  await page.getByRole("button", { name: "Raw" }).click();
  await page.getByText("this is base64").waitFor();
  assertEquals(atob(await clipboard()), binary);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download").click()]);
  assertEquals(textOf(await readFile(await download.path())), binary);
});

pageTest(
  "copying works if the browser offers no clipboard, as over plain HTTP from elsewhere",
  {},
  async (opened) => {
    const { page, send, open } = opened;
    const request = requestOf("GET /plain");
    await send(request);
    await open("/plain");
    await page.evaluate(`{
    const { clipboard } = navigator;
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    window.readClipboard = () => clipboard.readText();
  }`);
    await page.getByRole("button", { name: "Raw" }).click();
    await page.getByText("Copied the bytes").waitFor();
    assertEquals(await page.evaluate("readClipboard()"), request);
  },
);

pageTest("two requests are compared line by line", {}, async ({ page, send, open }) => {
  await send(requestOf("POST /one", ["X-Same: 1", "X-Try: 1", JSON_FIELD], '{"a":1,"same":true}'));
  await send(
    requestOf("PUT /two", ["X-Same: 1", "x-try: 2", JSON_FIELD, "X-New: y"], '{"a":22,"same":true}'),
  );
  await open("/one");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByText("Choose the request to compare with.").waitFor();
  await open("/two");
  await page.getByRole("heading", { name: "Comparison" }).waitFor();
  await page.locator(".diff-row.changed").first().waitFor();
  const changed = async (kind: string): Promise<string[]> =>
    (await page.locator(`.diff-row.${kind}`).allInnerTexts()).map((text) =>
      text.replaceAll(/\s+/g, " ").trim()
    );
  assertEquals(await changed("changed"), [
    "− POST /one HTTP/1.1 + PUT /two HTTP/1.1",
    "− X-Try: 1 + x-try: 2",
    "− Content-Length: 19 + Content-Length: 20",
    '− "a": 1, + "a": 22,',
  ]);
  assertEquals(await changed("added"), ["+ X-New: y"]);
  assertEquals(await changed("removed"), []);
  await page.reload();
  await page.getByRole("heading", { name: "Comparison" }).waitFor();
  await page.locator(".diff-row.changed").first().waitFor();
  await page.getByRole("button", { name: "Swap sides" }).click();
  assertMatch((await changed("changed"))[0]!, /^− PUT/);
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Request" }).waitFor();
});

pageTest("a request is sent again, changed or unchanged, or the page says why not", {
  replaysToPrivate: true,
}, async (opened) => {
  const { page, send, open, trap } = opened;
  await send(requestOf("POST /again", [JSON_FIELD], '{"try":1}'));
  await open("/again");
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByLabel("Server").fill(`http://127.0.0.1:${trap.port}`);
  await page.getByLabel("Path and query").fill("/changed?x=1");
  await page.locator('dialog textarea[name="body"]').fill('{"try":2}');
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText(/200 with \d+ bytes of content/).waitFor();
  const outcome = page.locator("dialog .outcome");
  await outcome.getByText("X-Request-Id").waitFor();
  await outcome.getByText(/^\d{4}-\d\d-\d\dT.*Z-\w+$/).last().waitFor();
  await untilCount(page, 2);
  const changed = (await trap.records(2)).find(({ target }) => target === "/changed?x=1");
  assertEquals([changed!.method, changed!.target, changed!.bodyBytes], ["POST", "/changed?x=1", 9]);
  await page.getByLabel("the same bytes").check();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await untilCount(page, 3);
  await page.getByLabel("Server").fill("http://127.0.0.1:1");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator("dialog .bad").waitFor();
  await page.getByRole("button", { name: "Close" }).last().click();
  const records = await trap.records(3);
  const sent = records.filter(({ target }) => target === "/again");
  assertEquals([sent.length, sent[0]!.sha256], [2, sent[1]!.sha256]);
  await page.getByText("sent again").first().waitFor();
  // The server is remembered, also for the next visit.
  await page.getByRole("button", { name: "Send again" }).click();
  assertEquals(await page.getByLabel("Server").inputValue(), "http://127.0.0.1:1");
  await page.reload();
  await page.getByRole("button", { name: "Send again" }).click();
  assertEquals(await page.getByLabel("Server").inputValue(), "http://127.0.0.1:1");
});

pageTest(
  "rules are written on the page, and take effect with the next request",
  {},
  async ({ page, send, trap }) => {
    await page.getByRole("button", { name: "Rules" }).click();
    await page.getByLabel("Rules, as JSON").fill('[{ "path": "/hook", "sequence": [{ "status": 418 }] }]');
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    await page.getByLabel("Rules, as JSON").fill('[{ "unknown": 1 }]');
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("dialog .bad").waitFor();
    await page.getByRole("button", { name: "Close" }).last().click();
    await send(requestOf("GET /hook"));
    await rowOf(page, "/hook").click();
    await page.getByRole("heading", { name: "Response 418" }).waitFor();
    assertEquals((await trap.records(1))[0]!.response?.status, 418);
  },
);

pageTest("one request or all are deleted, after a question", {}, async ({ page, send, open, trap }) => {
  for (const n of [1, 2, 3]) await send(requestOf(`GET /api?n=${n}`));
  await rowOf(page, "n=3").waitFor();
  await open("n=2");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Keep" }).click();
  assertEquals(await page.evaluate("document.activeElement.id"), "delete");
  assertEquals(trap.store.size, 3);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.locator("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("Deleted the request.").waitFor();
  await untilCount(page, 2);
  await page.getByRole("heading", { name: "n=1" }).waitFor();
  await page.getByRole("button", { name: "Delete all" }).click();
  await page.locator("dialog").getByRole("button", { name: "Delete all" }).click();
  await page.getByText("Waiting for the first request").waitFor();
  assertEquals(trap.store.size, 0);
});
