import { assertEquals } from "@std/assert";
import { usesSystem } from "./second_try.ts";

Deno.test("usesSystem() follows the imports of a test to processes and sockets", () => {
  const found = ["../attack/attack_test.ts", "../serving/serve_loopback_test.ts", "./test_report_test.ts"]
    .map((path) => usesSystem(new URL(path, import.meta.url)));
  assertEquals(found, [true, true, false]);
});
