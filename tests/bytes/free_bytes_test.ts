import { assertEquals } from "@std/assert";
import { freeBytes } from "../../src/bytes/free_bytes.ts";

Deno.test("freeBytes() detaches the array", () => {
  const bytes = new Uint8Array(16_384).fill(1);
  freeBytes(bytes);
  assertEquals([bytes.length, bytes.buffer.byteLength], [0, 0]);
});
