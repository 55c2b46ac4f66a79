import { assert, assertEquals } from "@std/assert";
import { joinBytes } from "../../src/bytes/join_bytes.ts";
import { bytesOf, textOf } from "../support/latin1.ts";

Deno.test("joinBytes() makes one array of several, and does not copy a single one", () => {
  assertEquals(textOf(joinBytes(["a", "", "bc"].map(bytesOf))), "abc");
  assertEquals(joinBytes([]).length, 0);
  const single = bytesOf("a");
  assert(joinBytes([single]) === single);
});
