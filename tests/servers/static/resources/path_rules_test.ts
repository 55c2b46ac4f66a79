import { assertEquals } from "@std/assert";
import type { HeaderField } from "../../../../src/http/headers.ts";
import { parseCacheControl, parseFields } from "../../../../src/servers/static/flag_values.ts";
import { createGlob } from "../../../../src/servers/static/resources/glob.ts";
import { type FieldRule, PathRules } from "../../../../src/servers/static/resources/path_rules.ts";

// Pattern, paths that match, and paths that do not.
const GLOBS: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
  ["assets/**", ["assets/a", "assets/a/b.js"], ["assets", "asset/a", "x/assets/a"]],
  ["*.html", ["a.html", ".html"], ["a/b.html", "a.htm", "a.html/"]],
  ["**/*.js", ["a.js", "a/b.js", "a/b/c.js"], ["a.jsx"]],
  ["**.js", ["a.js", "a/b.js"], ["a.ts"]],
  ["a/*/c", ["a/b/c"], ["a/c", "a/b/b/c"]],
  ["a/**/c", ["a/c", "a/b/c", "a/b/b/c"], ["ac", "a/bc"]],
  ["/lead.txt", ["lead.txt"], ["/lead.txt"]],
  ["a.b", ["a.b"], ["axb"]],
  ["*", ["a", "a b"], ["a/b"]],
  ["**", ["", "a", "a/b"], []],
  ["*a*a*a*a*b", ["xaaaab"], ["a".repeat(2_000)]],
];

Deno.test("createGlob() matches * within a name and ** across folders", () => {
  for (const [pattern, yes, no] of GLOBS) {
    for (const path of yes) assertEquals(createGlob(pattern).matches(path), true, `${pattern} ${path}`);
    for (const path of no) assertEquals(createGlob(pattern).matches(path), false, `${pattern} ${path}`);
  }
});

Deno.test("parseCacheControl() takes a word for a pattern only if it has *, / or .", () => {
  const read = (text: string): (string | undefined)[] => {
    const rule = parseCacheControl(text)?.[0];
    return [rule?.pattern, rule?.field[1]];
  };
  assertEquals(read("max-age=60"), [undefined, "max-age=60"]);
  assertEquals(read('private="x.y"'), [undefined, 'private="x.y"']);
  assertEquals(read("assets/**=public, max-age=5"), ["assets/**", "public, max-age=5"]);
  assertEquals(read("sw.js=no-cache"), ["sw.js", "no-cache"]);
  assertEquals(read("no-store"), [undefined, "no-store"]);
});

Deno.test("parseFields() takes a word for a pattern only if it has no colon before its =", () => {
  assertEquals(parseFields("X-A: a=b"), [{ pattern: undefined, field: ["X-A", "a=b"] }]);
  assertEquals(parseFields("*.js=X-A: a=b"), [{ pattern: "*.js", field: ["X-A", "a=b"] }]);
  assertEquals(parseFields("fonts/**=Access-Control-Allow-Origin: *"), [
    { pattern: "fonts/**", field: ["Access-Control-Allow-Origin", "*"] },
  ]);
  assertEquals(parseFields("*.js=ETag: x"), undefined);
});

function rulesOf(cacheControl: readonly string[], fields: readonly string[], fallback?: string): PathRules {
  const read = (texts: readonly string[], parse: typeof parseFields): readonly FieldRule[] =>
    texts.length === 0 ? [] : parse(texts.join("\0"))!;
  return new PathRules({
    cacheControl: read(cacheControl, parseCacheControl),
    fields: read(fields, parseFields),
    common: [],
    fallback,
  });
}

function fieldsOf(rules: PathRules, path: string): readonly HeaderField[] {
  return rules.fieldsOf(path.split("/"), "file");
}

Deno.test("PathRules: the last match wins, for fields of each name", () => {
  const rules = rulesOf(["max-age=1", "assets/**=max-age=9"], [
    "X-A: 1",
    "X-B: 1",
    "*.js=X-A: 2",
    "a.js=X-A: 3",
  ]);
  assertEquals(fieldsOf(rules, "a.js"), [["Cache-Control", "max-age=1"], ["X-B", "1"], ["X-A", "3"]]);
  assertEquals(fieldsOf(rules, "assets/x.js"), [["Cache-Control", "max-age=9"], ["X-A", "1"], ["X-B", "1"]]);
  assertEquals(rules.common, [["X-A", "1"], ["X-B", "1"]]);
  assertEquals(fieldsOf(rulesOf([], ["Link: <a>", "Link: <b>"]), "a"), [["Link", "<a>"], ["Link", "<b>"]]);
});

Deno.test("PathRules: the single page of an application is not cached like an asset", () => {
  const forAll = rulesOf(["public, max-age=31536000"], [], "index.html");
  assertEquals(forAll.fieldsOf(["index.html"], "fallback"), [["Cache-Control", "no-cache"]]);
  assertEquals(fieldsOf(forAll, "index.html"), [["Cache-Control", "no-cache"]]);
  assertEquals(fieldsOf(forAll, "app.js"), [["Cache-Control", "public, max-age=31536000"]]);
  const forPages = rulesOf(["**=max-age=9", "*.html=max-age=5"], [], "index.html");
  assertEquals(fieldsOf(forPages, "index.html"), [["Cache-Control", "max-age=5"]]);
});
