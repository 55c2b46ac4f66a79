import { assert, assertEquals } from "@std/assert";
import { USES_SYSTEM } from "./second_try.ts";
import { contains, findTests } from "./test_files.ts";

Deno.test("contains() follows the imports of a test", () => {
  const found = ["attack/attack_test.ts", "serving/serve_loopback_test.ts", "bytes/byte_pieces_test.ts"]
    .map((path) => contains(`tests/${path}`, USES_SYSTEM));
  assertEquals(found, [true, true, false]);
});

Deno.test("findTests() finds the tests of all folders", () => {
  const files = findTests("tests");
  assert(files.includes("tests/commands_test.ts") && files.includes("tests/runner/test_files_test.ts"));
  assert(!files.includes("tests/run.ts"));
});
