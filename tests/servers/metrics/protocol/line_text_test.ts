import { assertEquals } from "@std/assert";
import { cutLine, showLine } from "../../../../src/servers/metrics/protocol/line_text.ts";
import { bytesOf } from "../../../support/latin1.ts";

Deno.test("showLine() escapes all that is not printable ASCII, and the backslash", () => {
  assertEquals(showLine(bytesOf("put \x16\\ \xfc~")), "put \\x16\\x5c \\xfc~");
  assertEquals(showLine(bytesOf("k".repeat(201))), `${"k".repeat(200)}...`);
});

Deno.test("cutLine() leaves the escaping to the log", () => {
  assertEquals(cutLine(bytesOf("put \x16\\ \xfc~")), "put \x16\\ \xfc~");
  assertEquals(cutLine(bytesOf("k".repeat(200))), "k".repeat(200));
  assertEquals(cutLine(bytesOf("k".repeat(201))), `${"k".repeat(200)}...`);
});
