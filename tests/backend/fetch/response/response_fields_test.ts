import { assertEquals } from "@std/assert";
import { chooseReadFields } from "../../../../src/backend/fetch/response/response_fields.ts";

const RESPONSES: Readonly<Record<string, () => Response>> = {
  "no content": () => new Response(),
  text: () => new Response("text"),
  "text with its own type": () => new Response("text", { headers: { "content-type": "a/b" } }),
  "text with the usual type": () => new Response("text", { headers: { "x-a": "text/plain;charset=UTF-8" } }),
  JSON: () => Response.json({}, { headers: { "X-B": " 2 ", "X-A": "1" } }),
  "a list": () => new Response(null, { headers: [["x-a", "1"], ["X-A", "2"], ["x-b", ""]] }),
  cookies: () => new Response(null, { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] }),
  "a type that was removed": () => {
    const response = new Response("text");
    response.headers.delete("content-type");
    return response;
  },
  "changed fields": () => {
    const response = new Response("text", { headers: { "x-a": "1", "x-b": "2" } });
    response.headers.set("x-a", "3");
    response.headers.append("x-b", "4");
    response.headers.append("x-c", "5");
    return response;
  },
};

for (const [what, make] of Object.entries(RESPONSES)) {
  Deno.test(`chooseReadFields() reads the fields that Headers show: ${what}`, () => {
    const read = chooseReadFields(Response);
    const fields = [...read(make())].map(([name, value]) => [name.toLowerCase(), value]);
    assertEquals(fields.sort(), [...make().headers].sort());
  });
}

Deno.test("chooseReadFields() gives fields that can be changed alone", () => {
  const read = chooseReadFields(Response);
  read(new Response("text")).append("x-a", "1");
  assertEquals([...read(new Response("text"))].length, 1);
});

Deno.test("chooseReadFields() trusts no state of an unknown shape", () => {
  for (const headerList of [undefined, 7, [7], [["x-a"]], []]) {
    const key = Symbol("response");
    class Keeping extends Response {
      readonly [key] = { headerList };
    }
    // Otherwise the runtime's own symbol would be found first.
    const Class = new Proxy(Keeping, {
      construct: (target, args) =>
        new Proxy(Reflect.construct(target, args), {
          ownKeys: () => [key],
          get: (response, name) => Reflect.get(response, name, response),
        }),
    }) as typeof Response;
    assertEquals([...chooseReadFields(Class)(new Class("text", { headers: { "x-a": "1" } }))].sort(), [
      ["content-type", "text/plain;charset=UTF-8"],
      ["x-a", "1"],
    ]);
  }
});
