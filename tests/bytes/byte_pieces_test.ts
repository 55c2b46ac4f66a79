import { assertEquals } from "@std/assert";
import { BytePieces } from "../../src/bytes/byte_pieces.ts";

Deno.test("BytePieces counts its bytes, and reads as one text, also if a character is cut in two", () => {
  const bytes = new TextEncoder().encode("a\u20acb");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const pieces = new BytePieces([bytes.subarray(0, cut), bytes.subarray(cut)]);
    assertEquals([pieces.length, String(pieces)], [5, "a\u20acb"]);
  }
  assertEquals([new BytePieces([]).length, String(new BytePieces([]))], [0, ""]);
});
