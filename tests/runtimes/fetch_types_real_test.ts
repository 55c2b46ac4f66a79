import { assertEquals, assertMatch } from "@std/assert";
import { runScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./fetch_types_program.ts", import.meta.url);

for (const runtime of RUNTIMES) {
  testOn(runtime, "serve() sends responses with type and length of their content", async (binary) => {
    const { form, pieces, json, ...seen } = JSON.parse(await runScript(ENTRY, binary));
    const bytes = {
      length: "2",
      content: "\ufffd\0",
      // Bun's own server does the same.
      ...(runtime.name === "Bun" ? { type: "application/octet-stream" } : {}),
    };
    assertEquals(seen, {
      text: { type: "text/plain;charset=utf-8", length: "6", content: "héllo" },
      "long text": { type: "text/plain;charset=utf-8", length: "100000", content: "x".repeat(40) },
      bytes,
      "cloned bytes": bytes,
      blob: { type: "a/b", length: "1", content: "x" },
      params: { type: "application/x-www-form-urlencoded;charset=utf-8", length: "3", content: "a=b" },
      typed: { type: "text/html", length: "1", content: "x" },
    });
    assertMatch(json.type, /^application\/json/);
    assertEquals([json.length, json.content], ["7", '{"a":1}']);
    assertEquals(form.type, "multipart/form-data; boundary");
    assertMatch(form.length, /^[0-9]+$/);
    assertEquals(pieces, { coding: "chunked", content: "3\r\nhé\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n" });
  });
}
