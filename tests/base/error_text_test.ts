import { assertEquals, assertMatch } from "@std/assert";
import { messageOfError, ownMessageOf, stackOfError } from "../../src/base/error_text.ts";

Deno.test("messageOfError() gives the message and those of the causes, none that was quoted before", () => {
  const cause = new Error("no such file");
  assertEquals(messageOfError(new Error("Cannot open", { cause })), "Cannot open <- no such file");
  assertEquals(messageOfError(new Error("same", { cause: new Error("same") })), "same");
  assertEquals(
    messageOfError(new Error("Cannot connect: refused", { cause: new Error("refused") })),
    "Cannot connect: refused",
  );
  assertEquals(messageOfError(new TypeError()), "TypeError");
});

Deno.test("messageOfError() and stackOfError() take any value, and causes that form a circle", () => {
  const rows: readonly (readonly [value: unknown, message: string])[] = [
    ["text", "text"],
    [undefined, "thrown: [object Undefined]"],
    [null, "thrown: [object Null]"],
    [Object.create(null), "thrown: [object Object]"],
  ];
  for (const [value, message] of rows) {
    assertEquals(messageOfError(value), message);
    assertEquals(stackOfError(value), undefined);
  }
  const circle = new Error("round");
  circle.cause = circle;
  assertEquals(messageOfError(circle), "round");
});

Deno.test("stackOfError() shows where the error and its cause were thrown", () => {
  const stack = stackOfError(new Error("outer", { cause: new TypeError("inner") })) ?? "";
  assertMatch(stack, /^Error: outer\n +at [^]*\ncaused by: TypeError: inner\n +at /);
});

Deno.test("stackOfError() shows no stack when descriptors ran out: to build one, the runtime would have to open the source", () => {
  const missing = Object.assign(new Error("too many open files"), { code: "EMFILE" });
  assertEquals(stackOfError(missing), undefined);
  assertEquals(stackOfError(new Error("Cannot open the page", { cause: missing })), undefined);
  assertEquals(typeof stackOfError(new Error("another")), "string");
});

Deno.test("ownMessageOf() leaves out the causes, and gives a text for every value", () => {
  assertEquals(ownMessageOf(new Error("no page", { cause: new Error("no file") })), "no page");
  assertEquals(ownMessageOf(new TypeError("")), "TypeError");
  assertEquals(ownMessageOf("a text"), "a text");
  assertEquals(ownMessageOf({ a: 1 }), "thrown: [object Object]");
});
