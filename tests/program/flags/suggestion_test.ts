import { assertEquals } from "@std/assert";
import { suggestWord } from "../../../src/program/flags/suggestion.ts";

const WORDS = [
  "app",
  "static",
  "trap",
  "metrics",
  "port",
  "host",
  "max-connections",
  "max-connections-per-address",
];

Deno.test("suggestWord() finds the word that differs by the fewest letters", () => {
  const rows: [typed: string, word: string | undefined][] = [
    ["statc", "static"],
    ["sttaic", "static"],
    ["Static", "static"],
    ["tarp", "trap"],
    ["prot", "port"],
    ["metric", "metrics"],
    ["max-conections", "max-connections"],
    ["max-conn", "max-connections"],
    ["nonsense", undefined],
    ["x", undefined],
    ["", undefined],
    ["__proto__", undefined],
  ];
  for (const [typed, word] of rows) assertEquals(suggestWord(typed, WORDS), word, typed);
});
