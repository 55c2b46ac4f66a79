import { assertEquals } from "@std/assert";
import { unsetBytes } from "../../src/bytes/unset_bytes.ts";

Deno.test("unsetBytes() gives an array of this length with a buffer of its own, which is no Buffer", () => {
  const bytes = unsetBytes(100_000);
  assertEquals([bytes.constructor, bytes.length, bytes.buffer.byteLength], [Uint8Array, 100_000, 100_000]);
});
