import { assertEquals } from "@std/assert";
import { growBytes } from "../../src/bytes/grow_bytes.ts";

Deno.test("growBytes() keeps the used bytes, and is at least twice as long and as long as needed", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  assertEquals(growBytes(bytes, 2, 3), Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0));
  assertEquals(growBytes(bytes, 4, 10), Uint8Array.of(1, 2, 3, 4, 0, 0, 0, 0, 0, 0));
  assertEquals(growBytes(new Uint8Array(0), 0, 1).length, 1);
});
