import { tcpAddress } from "../../src/net/address.ts";
import { assertEquals } from "@std/assert";
import { errorEntryOf } from "../../src/backend/error_entry.ts";
import { HttpError } from "../../src/http/errors.ts";

Deno.test("errorEntryOf() names the error, the client and the status of an HttpError", () => {
  const client = tcpAddress("192.0.2.1", 5);
  const cause = new Error("it is full");
  assertEquals(errorEntryOf(new HttpError(503, "Cannot take a connection", { cause }), 7, client), {
    level: "error",
    timeMs: 7,
    client,
    status: 503,
    message: "Cannot take a connection <- it is full",
  });
  assertEquals(errorEntryOf("gone", 7), {
    level: "error",
    timeMs: 7,
    client: undefined,
    status: undefined,
    message: "gone",
  });
});
