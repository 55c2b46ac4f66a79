import { assertEquals } from "@std/assert";
import { writeParts } from "./document.ts";

Deno.test("writeParts() replaces the part of a section, adds a new one, and leaves the rest", () => {
  const first = writeParts("# Benchmarks\n\nText.\n", new Map([["http", "a"], ["trap", "b\n"]]));
  assertEquals(
    first,
    "# Benchmarks\n\nText.\n\n<!-- bench http: written by deno task bench -->\n\na\n\n<!-- end of http -->\n\n" +
      "<!-- bench trap: written by deno task bench -->\n\nb\n\n<!-- end of trap -->\n",
  );
  assertEquals(writeParts(first, new Map([["http", "c"]])), first.replace("\na\n", "\nc\n"));
});
