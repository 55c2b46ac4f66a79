import { assert, assertEquals } from "@std/assert";
import { CORPUS } from "../testdata/http/corpus.ts";
import { type Disagreement, explainAll, nameOfRow } from "./compare.ts";
import type { Explanation } from "./explanation.ts";
import { EXPLANATIONS } from "./explanations.ts";

const DISAGREEMENT: Disagreement = {
  row: "Host: a list",
  peer: "nginx",
  ours: "4xx, closed",
  theirs: "2xx GET /, closed",
};
const REASON: Explanation = {
  peers: ["nginx", "Bun.serve"],
  rows: /^Host: /,
  theirs: /^2xx/,
  why: "because",
};

Deno.test("explainAll() finds disagreements without a reason", () => {
  const others: Explanation[] = [
    { ...REASON, peers: ["Bun.serve"] },
    { ...REASON, rows: /^Host in/ },
    { ...REASON, theirs: /^4xx/ },
    { ...REASON, ours: /^2xx/ },
  ];
  for (const other of others) {
    assertEquals(explainAll([DISAGREEMENT], [other], ["nginx"]).unexplained, [DISAGREEMENT]);
  }
  const { explained, unexplained } = explainAll([DISAGREEMENT], [...others, REASON], ["nginx"]);
  assertEquals([explained.map(({ explanation }) => explanation), unexplained], [[REASON], []]);
});

Deno.test("explainAll() finds reasons that explain nothing, for each installed peer", () => {
  assertEquals(explainAll([DISAGREEMENT], [REASON], ["nginx"]).stale, []);
  assertEquals(explainAll([DISAGREEMENT], [REASON], ["nginx", "Bun.serve"]).stale, ["Bun.serve: because"]);
  assertEquals(explainAll([], [REASON], ["nginx"]).stale, ["nginx: because"]);
});

Deno.test("each reason of the differential run names existing rows, and no two reasons name the same", () => {
  const names = CORPUS.flatMap((section) => section.rows.map((row) => nameOfRow(section, row)));
  for (const { rows, why } of EXPLANATIONS) assert(names.some((name) => rows.test(name)), why);
  assertEquals(new Set(EXPLANATIONS.map(({ why }) => why)).size, EXPLANATIONS.length);
});
