import { assertEquals } from "@std/assert";
import { overrideGlobals } from "../../../src/backend/fetch/override_globals.ts";
import { FastResponse } from "../../../src/backend/fetch/response/fast_response.ts";

Deno.test("overrideGlobals() does its work again after the globals were put back", () => {
  const { Headers, Request, Response, fetch } = globalThis;
  try {
    for (let round = 0; round < 2; round++) {
      overrideGlobals();
      overrideGlobals();
      assertEquals(globalThis.Response as unknown === FastResponse, true);
      assertEquals([new Response("native"), new globalThis.Response("fast")].map(isResponse), [true, true]);
      Object.assign(globalThis, { Headers, Request, Response, fetch });
    }
  } finally {
    Object.assign(globalThis, { Headers, Request, Response, fetch });
  }
});

function isResponse(value: unknown): boolean {
  return value instanceof FastResponse;
}
