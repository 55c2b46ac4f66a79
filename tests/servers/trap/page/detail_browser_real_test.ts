// One request in full in a real browser: every view, keys, phones, colours.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
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
  assertEquals(await page.locator(".chain .entry.rule").count(), 1);
  assertEquals(await page.locator(".chain .entry.error").count(), 0);
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

pageTest("the first 500 of many form fields are shown", {}, async ({ page, send, open }) => {
  const form = Array.from({ length: 1_200 }, (_, i) => `n${i}=v`).join("&");
  await send(requestOf("POST /form", ["Content-Type: application/x-www-form-urlencoded"], form));
  await open("/form");
  await page.getByText("500 of 1,200.").waitFor();
  assertEquals(await page.getByRole("rowheader", { name: /^n\d+$/ }).count(), 500);
});

pageTest(
  "the lines of a head that was not understood have no count of fields",
  {},
  async ({ page, send }) => {
    await send("GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n");
    await page.locator(".row").click();
    await page.getByRole("heading", { name: "Head", exact: true }).waitFor();
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
  await showTab(page, "Chain");
  assertEquals(await page.locator(".chain .entry.error").count(), 1);
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

pageTest("JSON beyond the part that is fetched at once, and JSON that is cut, is laid out", {
  maxBodyBytes: 2_000_000,
}, async (opened) => {
  const { page, send, open } = opened;
  const json = (bytes: number) => `[{"first":1},"${"x".repeat(bytes)}",{"last":2}]`;
  const line = (text: string) => page.locator(".json-line").getByText(text, { exact: true });
  await send(requestOf("POST /large", [JSON_FIELD], json(1_500_000)));
  await open("/large");
  await line('"first"').waitFor();
  assertEquals(await line('"last"').count(), 0);
  await page.getByRole("button", { name: "Fetch all" }).click();
  await line('"last"').waitFor();
  await send(requestOf("POST /cut", [JSON_FIELD], json(2_500_000)));
  await open("/cut");
  await page.getByText("The text breaks off here.").waitFor();
  await page.getByRole("button", { name: "Fetch all" }).click();
  await page.getByRole("button", { name: "Fetch all" }).waitFor({ state: "detached" });
  await page.getByText("The text breaks off here.").waitFor();
  assertEquals(await page.getByText("This is no JSON").count(), 0);
});
