// One request in full in a real browser: every view, copying, comparing, replaying, deleting, keys, phones.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { bytesOf, textOf } from "../../../support/latin1.ts";
import { pageTest, requestOf, rowOf, untilCount } from "./page_fixture.ts";

const JSON_FIELD = "Content-Type: application/json";

async function showTab(page: Page, name: string): Promise<string> {
  await page.getByRole("tab", { name }).click();
  return await page.getByRole("tabpanel").innerText();
}

async function showBody(page: Page, form: string): Promise<string> {
  await page.getByRole("tab", { name: "Request" }).click();
  await page.getByRole("button", { name: form, exact: true }).click();
  return await page.getByRole("tabpanel").innerText();
}

pageTest("a request in full: chain, parameters, original head, bytes, timing", {}, async (opened) => {
  const { page, send, open, trap } = opened;
  const request = requestOf("GET /api?x=1&name=J%C3%BCrgen+M&notawaiting=1", [
    "x-SPELT: As   Sent \t",
    "X-Spelt: twice",
    "Cookie: a=1; b=2",
  ]);
  await send(request);
  await open("/api?x=1");
  const chain = await showTab(page, "Chain");
  for (const part of ["query › process2", "notawaiting", "answered 200", "SHA-256"]) {
    assertStringIncludes(chain.replaceAll(/\s*›\s*/g, " › "), part);
  }
  const [record] = await trap.records(1);
  assertStringIncludes(chain, record!.sha256);
  assertEquals(await page.locator(".chain .entry.error").count(), 1);
  const head = await showTab(page, "Request");
  for (const part of ["Jürgen M", "X-Request-Id", "Response 200"]) assertStringIncludes(head, part);
  assertStringIncludes(head, "x-SPELT: As   Sent \\t\\r\\n");
  assertMatch(head, /x-SPELT[^]*X-Spelt: twice/);
  assertMatch(await showTab(page, "Bytes"), /00000000\s+47 45 54 20 2f 61 70 69[^]*GET \/api\?x/);
  assertMatch(await showTab(page, "Timing"), new RegExp(`${request.length} bytes in \\d+ piece`));
});

pageTest(
  "content as text, JSON, form, multipart parts and hex, the fitting form first",
  {},
  async (opened) => {
    const { page, send, open } = opened;
    const boundary = "----b";
    const parts =
      `--${boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nA wheel\r\n--${boundary}\r\n` +
      'Content-Disposition: form-data; name="file"; filename="w.bin"\r\n\r\n\x00\x01\xff\r\n' +
      `--${boundary}--\r\n`;
    await send(requestOf("POST /json", [JSON_FIELD], '{"id":12345678901234567890,"a":{"b":[1]}}'));
    await send(
      requestOf("POST /form", ["Content-Type: application/x-www-form-urlencoded"], "user=ada&p=s%26+w"),
    );
    await send(requestOf("POST /parts", [`Content-Type: multipart/form-data; boundary=${boundary}`], parts));
    await send(requestOf("POST /hex", [], "\x89PNG\r\n\x1a\n\0"));
    await send(requestOf("POST /text", ["Content-Type: text/plain"], "caf\xc3\xa9\nline two"));
    const packed = textOf(gzipSync('{"packed":true}'));
    await send(requestOf("POST /packed", [JSON_FIELD, "Content-Encoding: gzip"], packed));
    await rowOf(page, "/packed").waitFor();

    const rows: readonly (readonly [path: string, form: string, shown: RegExp])[] = [
      ["/json", "JSON", /"id": 12345678901234567890,\s+"a": \{\s+"b": \[\s+1\s+\]/],
      ["/form", "Form", /user\s+ada\s+p\s+s&\\?\s?w/],
      [
        "/parts",
        "Multipart",
        /Part 1\s+title\s+7 bytes[^]*A wheel[^]*Part 2\s+file\s+w\.bin\s+3 bytes[^]*00 01 ff/,
      ],
      ["/hex", "Hex", /89 50 4e 47 0d 0a 1a 0a\s+00\s+\.PNG/],
      ["/text", "Text", /café\s+line two/],
      ["/packed", "JSON", /Unpacked from gzip\.[^]*"packed": true/],
    ];
    await open("/json");
    await page.getByRole("tab", { name: "Request" }).click();
    for (const [path, form, shown] of rows) {
      await open(path);
      await page.getByRole("heading", { name: path }).waitFor();
      await page.getByRole("button", { name: form, exact: true, pressed: true }).waitFor();
      assertMatch(await page.getByRole("tabpanel").innerText(), shown, path);
    }
    await open("/form");
    assertMatch(await showBody(page, "JSON"), /This is no JSON[^]*user=ada&p=s%26\+w/);
    assertMatch(await showBody(page, "Multipart"), /names no boundary/);
    assertMatch(await showBody(page, "Text"), /user=ada&p=s%26\+w/);
  },
);

pageTest("malformed, aborted and cut requests are shown as such, with the byte and the rule", {
  maxBodyBytes: 4,
}, async (opened) => {
  const { page, send, open, trap } = opened;
  await send("GET /odd HTTP/1.1\r\nHost : a\r\n\r\n");
  await open("/odd");
  const faults = page.locator(".faults");
  await faults.waitFor();
  const [record] = await trap.records(1);
  const { offset } = record!.malformed!;
  assertMatch(await faults.innerText(), new RegExp(`malformed after 31 bytes\\s+At byte ${offset}: .*colon`));
  await showTab(page, "Request");
  assertEquals(
    await page.locator(".head-lines .faulty").innerText().then((text) => /Host : a/.test(text)),
    true,
  );
  assertEquals(await page.locator(".head-lines mark").count(), 1);
  await showTab(page, "Bytes");
  assertEquals(await page.locator(".hex .mark").allInnerTexts(), ["20", " "]);

  await send(requestOf("POST /cut", [], "0123456789"));
  await open("/cut");
  await page.getByText(/the first 4 bytes of 10 B\s+were kept/).waitFor();
  const client = await Deno.connect({ hostname: "127.0.0.1", port: trap.port });
  await client.write(bytesOf("POST /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"));
  client.close();
  await open("/gone");
  await page.getByText(/aborted after \d+ bytes/).waitFor();
});

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

pageTest("everything works by keyboard", {}, async ({ page, send, trap }) => {
  for (const n of [1, 2, 3]) await send(requestOf(`GET /api?n=${n}`));
  await rowOf(page, "n=3").waitFor();
  const keys = async (...names: string[]): Promise<void> => {
    for (const name of names) await page.keyboard.press(name);
  };
  const heading = (n: number) => page.getByRole("heading", { name: `n=${n}` }).waitFor();
  await keys("j");
  await heading(3);
  await keys("j", "ArrowDown", "k");
  await heading(2);
  await keys("End");
  await heading(1);
  await keys("2");
  await page.getByRole("tab", { name: "Chain", selected: true }).waitFor();
  await page.getByRole("tab", { name: "Chain" }).focus();
  await keys("ArrowRight");
  await page.getByRole("tab", { name: "Bytes", selected: true }).waitFor();
  await keys("c", "k");
  await page.getByRole("heading", { name: "Comparison" }).waitFor();
  await keys("Escape", "Escape");
  await page.getByText("Choose a request").waitFor();
  await keys("/");
  await page.keyboard.type("api?");
  assertEquals(await page.getByRole("searchbox").inputValue(), "api?");
  await keys("Control+a", "Backspace", "Escape", "p");
  await page.getByText("paused").waitFor();
  await keys("p", "?");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  await keys("Escape");
  await untilCount(page, 3);
  await keys("j");
  await heading(3);
  await keys("Delete");
  await page.getByRole("button", { name: "Keep" }).waitFor();
  await keys("Tab", "Enter");
  await page.getByText("Deleted the request.").waitFor();
  assertEquals(trap.store.size, 2);
});

pageTest(
  "on a phone the list and the request take turns, and nothing is wider than the screen",
  { viewport: { width: 360, height: 740 } },
  async ({ page, send, open }) => {
    await send(
      requestOf(`POST /${"long-".repeat(60)}`, [JSON_FIELD], `{"${"k".repeat(300)}":"${"v".repeat(300)}"}`),
    );
    await open("/long");
    await page.getByRole("button", { name: "Back to the list" }).waitFor();
    assert(!await page.getByRole("listbox").isVisible());
    const overflow = () => page.evaluate("document.documentElement.scrollWidth - innerWidth");
    for (const tab of ["Request", "Chain", "Bytes", "Timing"]) {
      await showTab(page, tab);
      assertEquals(await overflow(), 0, tab);
    }
    await page.goBack();
    await page.getByRole("listbox").waitFor();
    assertEquals(await overflow(), 0);
  },
);

pageTest("colours follow the system until the user chooses", {}, async ({ page }) => {
  const scheme = () => page.evaluate("getComputedStyle(document.documentElement).colorScheme");
  assertEquals(await scheme(), "light dark");
  await page.getByRole("button", { name: "Light or dark" }).click();
  const chosen = await scheme();
  assertEquals(chosen, "dark");
  await page.reload();
  await page.locator(".feed.live").waitFor();
  assertEquals(await scheme(), chosen);
});
