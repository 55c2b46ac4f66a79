import { assertEquals } from "@std/assert";
import { decodeLatin1, encodeLatin1 } from "../../src/bytes/latin1.ts";

Deno.test("decodeLatin1() is the reverse of encodeLatin1() for every byte, in texts of any length", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  assertEquals(encodeLatin1(decodeLatin1(all)), all);
  const long = new Uint8Array(200_000).map((_, i) => i % 251);
  assertEquals(encodeLatin1(decodeLatin1(long)), long);
  assertEquals(decodeLatin1(new Uint8Array(0)), "");
});
