import { assert, assertEquals } from "@std/assert";
import { DOCUMENT, findReport, makeReport } from "./report.ts";
import { RFC9110, RFC9112 } from "./requirements.ts";

/** Without the line breaks and the padding that formatting adds. */
function squeeze(text: string): string {
  return text.replaceAll(/-+(?=[:\s|])/g, "-").replaceAll(/\s+/g, " ");
}

Deno.test("the conformance table follows from the requirements (deno task conformance)", async () => {
  assertEquals(squeeze(findReport(await Deno.readTextFile(DOCUMENT))), squeeze(makeReport()));
});

Deno.test("each requirement has a name of its own, and the ones that do not hold are of RFC 9110", () => {
  const names = [...RFC9112, ...RFC9110].map(([section, level, claim]) => `${section} ${level} ${claim}`);
  assertEquals(names.filter((name, index) => names.indexOf(name) !== index), []);
  assertEquals(RFC9112.filter(([, , , , reason]) => reason !== undefined), []);
  assert(names.length >= 300, `${names.length} requirements`);
});
