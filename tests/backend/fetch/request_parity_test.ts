import { assertEquals } from "@std/assert";
import { compareRequests } from "./request_parity.ts";

Deno.test("a request of serve() behaves like one of the runtime", async () => {
  const { differences, count } = await compareRequests({ isOverriding: false });
  assertEquals(differences, []);
  assertEquals(count > 100, true);
});
