import { assertEquals } from "@std/assert";
import { changedPart, diffLines } from "../../../../src/servers/trap/page/client/compare/line_diff.js";

const byName = (line: string): string => line.split(":")[0]!.toLowerCase();

/** Rows as short texts: ` a`, `-a`, `+a`, `a|b`. */
function diff(left: readonly string[], right: readonly string[]): string[] {
  return diffLines(left, right, byName).map((row) => {
    switch (row.kind) {
      case "same":
        return ` ${row.left}`;
      case "changed":
        return `${row.left}|${row.right}`;
      default:
        return row.kind === "removed" ? `-${row.left}` : `+${row.right}`;
    }
  });
}

Deno.test("diffLines() aligns equal lines, and lines of the same name", () => {
  assertEquals(diff(["GET /", "A: 1", "B: 2", "D: 4"], ["GET /", "b: 3", "C: 9", "D: 4"]), [
    " GET /",
    "-A: 1",
    "B: 2|b: 3",
    "+C: 9",
    " D: 4",
  ]);
  assertEquals(diff([], []), []);
  assertEquals(diff(["a"], []), ["-a"]);
  assertEquals(diff([], ["a"]), ["+a"]);
  assertEquals(diff(["x", "same", "y"], ["same"]), ["-x", " same", "-y"]);
});

Deno.test("diffLines() gives both texts back: left and right columns hold every line once", () => {
  const left = Array.from({ length: 60 }, (_, i) => `l${(i * 7) % 13}`);
  const right = Array.from({ length: 50 }, (_, i) => `l${(i * 5) % 11}`);
  const rows = diffLines(left, right, byName);
  assertEquals(rows.flatMap((row) => row.left ?? []), left);
  assertEquals(rows.flatMap((row) => row.right ?? []), right);
});

Deno.test("diffLines() compares texts that are too long for a table line by line", () => {
  const left = Array.from({ length: 3_000 }, (_, i) => `a${i}`);
  const right = left.map((line, i) => i % 2 === 0 ? line : `b${i}`);
  const rows = diffLines(left, right, byName);
  assertEquals(rows.filter(({ kind }) => kind === "same").length, 1_500);
  assertEquals(rows.flatMap((row) => row.right ?? []), right);
});

Deno.test("changedPart() cuts off the equal parts before and after", () => {
  assertEquals(changedPart("n: 215.", "n: 39."), { start: 3, leftEnd: 6, rightEnd: 5 });
  assertEquals(changedPart("aa", "aaa"), { start: 2, leftEnd: 2, rightEnd: 3 });
});
