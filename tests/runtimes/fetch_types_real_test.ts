import { assertEquals, assertMatch } from "@std/assert";
import { runScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./fetch_types_program.ts", import.meta.url);
const WHOLE = { isWhole: true, isSameForHead: true };
const CHUNKED = {
  coding: "chunked",
  content: "3\r\nhé\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n",
  isWhole: false,
  isSameForHead: true,
};

for (const runtime of RUNTIMES) {
  testOn(runtime, "serve() sends responses with type and length of their content", async (binary) => {
    const { types, promises } = JSON.parse(await runScript(ENTRY, binary));
    const { json, form, "large form": largeForm, "huge form": hugeForm, ...seen } = types;
    // Bun's own server does the same.
    const bytesType = runtime.name === "Bun" ? { type: "application/octet-stream" } : {};
    const bytes = { ...WHOLE, ...bytesType, length: "2", content: "\ufffd\0" };
    assertEquals(seen, {
      text: { ...WHOLE, type: "text/plain;charset=utf-8", length: "6", content: "héllo" },
      "long text": {
        ...WHOLE,
        type: "text/plain;charset=utf-8",
        length: "100000",
        content: "x".repeat(40),
      },
      bytes,
      "cloned bytes": bytes,
      "large bytes": { ...WHOLE, ...bytesType, length: "3000000", content: "\0".repeat(40) },
      blob: { ...WHOLE, type: "a/b", length: "1", content: "x" },
      "blob of parts": { ...WHOLE, type: "a/b", length: "3", content: "xyz" },
      params: {
        ...WHOLE,
        type: "application/x-www-form-urlencoded;charset=utf-8",
        length: "3",
        content: "a=b",
      },
      typed: { ...WHOLE, type: "text/html", length: "1", content: "x" },
      "text that is said to be chunked": {
        ...WHOLE,
        type: "text/plain;charset=utf-8",
        length: "1",
        content: "x",
      },
      pieces: CHUNKED,
      "pieces with a status text": CHUNKED,
      "pieces in a response with members": CHUNKED,
      "pieces in a response of another class": CHUNKED,
    });
    assertMatch(json.type, /^application\/json/);
    assertEquals([json.length, json.content], ["7", '{"a":1}']);
    for (const { type, isWhole } of [form, largeForm]) {
      assertEquals([type, isWhole], ["multipart/form-data; boundary", true]);
    }
    assertEquals(hugeForm.type, "multipart/form-data; boundary");
    assertEquals(promises, {
      "too short for text": "4 4 text",
      "too long for text": "4 4 text",
      "too short for a Blob": "2 2 xy",
      "too long for parameters": "3 3 a=b",
      "too short for a stream": "3 3 one",
      "too long for a stream": "99 99 one piece",
    });
  });
}
