import { assertEquals } from "@std/assert";
import { encodeOnce, Html, html } from "../../../src/backend/pages/html.ts";

Deno.test("html() escapes every value that is text, in content and in quoted attributes", () => {
  const hostile = `<script>"'&`;
  assertEquals(
    html`
      <a title="${hostile}">${hostile}</a>
    `.markup.trim(),
    '<a title="&lt;script&gt;&quot;&#39;&amp;">&lt;script&gt;&quot;&#39;&amp;</a>',
  );
});

Deno.test("html() takes markup, lists of markup and numbers as they are", () => {
  const items = [html`<i>1</i>`, html`<i>${"<"}</i>`];
  assertEquals(html`<p>${new Html("<br>")}${items}${7}</p>`.markup, "<p><br><i>1</i><i>&lt;</i>7</p>");
});

Deno.test("html() gives the empty text for an empty list and an empty template", () => {
  assertEquals(html`${[]}${""}`.markup, "");
});

Deno.test("encodeOnce() shares the bytes of a part between documents, and the rest is encoded for each", () => {
  const part = encodeOnce(html`<p>\u00e9</p>`);
  const one = html`a${part}${"b<"}`.encode();
  const other = html`${part}`.encode();
  assertEquals(String(one), "a<p>\u00e9</p>b&lt;");
  assertEquals(one.pieces[1] === other.pieces[0], true);
  assertEquals(one.pieces.length, 3);
});
