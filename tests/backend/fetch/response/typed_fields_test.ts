// Fields that are made once for each type must be those of a response alone.

import { assertEquals } from "@std/assert";
import { FastResponse } from "../../../../src/backend/fetch/response/fast_response.ts";
import { typedFields } from "../../../../src/backend/fetch/response/typed_fields.ts";

/** The fields that would be sent for a text with this type. */
function sentFields(name: string, type: string): (readonly [string, string])[] {
  const response = new FastResponse("text", { headers: { [name]: type } });
  return [...FastResponse.lightOf(response)!.headers];
}

Deno.test("FastResponse keeps the fields of one response apart from those of the next with the same type", () => {
  const make = (): FastResponse =>
    new FastResponse("{}", { headers: { "content-type": "application/json" } });
  const [first, second] = [make(), make()];
  first.headers.set("content-type", "text/html");
  first.headers.append("x-first", "1");
  second.headers.delete("content-type");
  assertEquals([...first.headers], [["content-type", "text/html"], ["x-first", "1"]]);
  assertEquals([...second.headers], []);
  assertEquals([...make().headers], [["content-type", "application/json"]]);
});

Deno.test("Response.json() of FastResponse keeps the fields of one response apart from those of the next", () => {
  const [first, second] = [FastResponse.json(1), FastResponse.json(2, { status: 201 })];
  first.headers.set("content-type", "application/problem+json");
  assertEquals([...second.headers], [["content-type", "application/json"]]);
  assertEquals([...FastResponse.json(3).headers], [["content-type", "application/json"]]);
});

Deno.test("Response.json() of FastResponse keeps its type beside options that are undefined", () => {
  const options = { status: undefined, statusText: undefined, headers: undefined } as unknown as ResponseInit;
  const [ours, native] = [FastResponse.json(1, options), FastResponse.native.json(1, options)];
  assertEquals([ours.status, [...ours.headers]], [native.status, [...native.headers]]);
});

Deno.test("FastResponse sends the type of each response as it was written, also beyond those that are remembered", () => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 200; i++) {
      for (const name of ["content-type", "Content-Type"]) {
        assertEquals(sentFields(name, ` text/x-${i} `), [[name, `text/x-${i}`]]);
      }
    }
  }
});

Deno.test("typedFields() takes nothing but a usual type", () => {
  assertEquals(typedFields("x-type", "a/b"), undefined);
  assertEquals(typedFields("CONTENT-TYPE", "a/b"), undefined);
  assertEquals(typedFields("content-type", "a".repeat(65)), undefined);
  assertEquals([...typedFields("content-type", "a".repeat(64))!], [["content-type", "a".repeat(64)]]);
});

Deno.test("FastResponse refuses a type that cannot go on the wire each time", () => {
  for (let i = 0; i < 2; i++) {
    let error: unknown;
    try {
      new FastResponse("text", { headers: { "content-type": "a\nb" } });
    } catch (thrown) {
      error = thrown;
    }
    assertEquals(error instanceof TypeError, true);
  }
});
