import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { html } from "../../../src/backend/pages/html.ts";
import { buildDocument, pageResponse } from "../../../src/backend/pages/page.ts";

const page = { title: "A <b> & c", content: html`<h1>Hello</h1>`, theme: "white" } as const;

Deno.test("buildDocument() gives a whole HTML document with language, encoding and viewport", () => {
  const document = buildDocument(page).markup;
  assert(document.startsWith('<!DOCTYPE html>\n<html lang="en">'));
  assertStringIncludes(document, '<meta charset="utf-8">');
  assertStringIncludes(document, '<meta name="viewport" content="width=device-width, initial-scale=1">');
  assertStringIncludes(document, "<title>A &lt;b&gt; &amp; c - millrace</title>");
  assertStringIncludes(document, "<h1>Hello</h1>");
  assert(document.endsWith("</html>\n"));
});

Deno.test("buildDocument() paints with the theme, and has nothing of the other one", () => {
  const white = buildDocument(page).markup;
  assertStringIncludes(white, "background-color: #fff;");
  assertFalse(white.includes("green"));
  const green = buildDocument({ ...page, theme: "green" }).markup;
  assertStringIncludes(green, "background-color: green;");
  assertFalse(green.includes("background-color: #fff"));
});

Deno.test("buildDocument() loads nothing: no script, no foreign address", () => {
  const document = buildDocument(page).markup;
  assertFalse(document.includes("<script"));
  assertEquals(document.match(/(?:href|src)="(?!\/"|data:)/g), null);
});

Deno.test("pageResponse() has a type, forbids storing it, and lets it load nothing", () => {
  const response = pageResponse(200, page, { fields: [["Set-Cookie", "a=1"]] });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  assertStringIncludes(response.headers.get("content-security-policy")!, "default-src 'none'");
  assertEquals(response.headers.get("set-cookie"), "a=1");
  assertEquals(String(response.body), buildDocument(page).markup);
});
