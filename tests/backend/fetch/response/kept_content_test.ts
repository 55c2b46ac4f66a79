import { assertEquals } from "@std/assert";
import { findKept } from "../../../../src/backend/fetch/response/kept_content.ts";
import { ask } from "../../../support/ask.ts";
import { withFetch } from "../../../support/fetch_server.ts";

/** A Response that keeps its content under a symbol, as a runtime may do. */
function keeping(description: string, stateOf: (body: unknown) => unknown): typeof Response {
  const key = Symbol(description);
  class Keeping extends Response {
    constructor(body?: BodyInit | null, init?: ResponseInit) {
      super(body, init);
      Object.defineProperty(this, key, { value: stateOf(body) });
    }
  }
  // Otherwise the runtime's own symbols would be found first.
  return new Proxy(Keeping, {
    construct: (target, [body, init]) =>
      new Proxy(Reflect.construct(target, [body, init]), {
        ownKeys: () => [key],
        get: (response, name) => {
          const value = Reflect.get(response, name, response);
          return typeof value === "function" ? value.bind(response) : value;
        },
      }),
  }) as unknown as typeof Response;
}

Deno.test("findKept() finds texts and bytes once, and no other content", () => {
  const take = findKept(Response)!;
  const text = new Response("text");
  assertEquals(text.headers.get("content-type"), "text/plain;charset=UTF-8");
  const first = take(text);
  assertEquals({ first, isUsed: text.bodyUsed, second: take(text) }, {
    first: "text",
    isUsed: true,
    second: undefined,
  });
  assertEquals(take(new Response(new Uint8Array([1, 2]), { headers: {} })), new Uint8Array([1, 2]));
  assertEquals(take(new Response(new Blob(["blob"]), { headers: {} })), undefined);
  const asked = new Response("text", { headers: {} });
  assertEquals(asked.body?.locked, false);
  assertEquals(take(asked), undefined);
});

Deno.test("findKept() trusts no state of an unknown shape", () => {
  for (const stateOf of [() => 7, () => null, () => ({}), () => ({ body: { source: "other" } })]) {
    assertEquals(findKept(keeping("state", stateOf)), undefined);
    assertEquals(findKept(keeping("response", stateOf)), undefined);
  }
});

Deno.test("findKept() never takes content that was read already", () => {
  const stateOf = (body: unknown): unknown =>
    typeof body === "string" ? { body: { streamOrStatic: { body, consumed: false } } } : { body: null };
  assertEquals(findKept(keeping("response", stateOf)), undefined);
});

Deno.test("serve() sends fields that were changed after the response was made", async () => {
  const respond = (): Response => {
    const response = new Response("text", { headers: { "X-A": "1", "X-B": "1" } });
    response.headers.set("x-a", "2");
    response.headers.delete("x-b");
    return response;
  };
  await withFetch(respond, async (port) => {
    const { fields, body } = await ask(port, "GET /");
    assertEquals({ a: fields.get("x-a"), hasB: fields.has("x-b"), body }, {
      a: ["2"],
      hasB: false,
      body: "text",
    });
  });
});

Deno.test("serve() sends a response of known content once, and refuses it the second time", async () => {
  const response = new Response("once");
  await withFetch(() => response, async (port) => {
    const { body } = await ask(port, "GET /");
    assertEquals({ body, isUsed: response.bodyUsed }, { body: "once", isUsed: true });
    assertEquals((await ask(port, "GET /")).status, 500);
  });
});

Deno.test("serve() sends the content of a clone, and that of the response it was cloned from", async () => {
  const response = new Response("both");
  const copies = [response.clone(), response];
  await withFetch(() => copies.shift()!, async (port) => {
    assertEquals([(await ask(port, "GET /")).body, (await ask(port, "GET /")).body], ["both", "both"]);
  });
});
