import { assertEquals } from "@std/assert";
import { findPlainText } from "../../../../src/backend/fetch/response/plain_text.ts";
import { ask } from "../../../support/ask.ts";
import { withFetch } from "../../../support/fetch_server.ts";

Deno.test("findPlainText() takes a text once, with its type, and then it counts as read", () => {
  const take = findPlainText(Response)!;
  const response = new Response("text");
  const taken = take(response);
  assertEquals({ status: taken?.status, fields: [...taken!.headers], body: taken?.body }, {
    status: 200,
    fields: [["content-type", "text/plain;charset=UTF-8"]],
    body: "text",
  });
  assertEquals({ isUsed: response.bodyUsed, second: take(response) }, { isUsed: true, second: undefined });
});

Deno.test("findPlainText() leaves every other response alone", async () => {
  const take = findPlainText(Response)!;
  const read = new Response("text");
  await read.text();
  const changed = new Response("text");
  changed.headers.delete("content-type");
  const cloned = new Response("text");
  cloned.clone();
  const streamed = new Response("text");
  assertEquals(streamed.body?.locked, false);
  const others = [
    read,
    changed,
    cloned,
    streamed,
    new Response(),
    new Response(new Uint8Array(1)),
    new Response(new Blob(["text"])),
    new Response("text", { status: 404 }),
    new Response("text", { headers: { "content-type": "text/html" } }),
    Response.json("text"),
    Response.error(),
  ];
  for (const response of others) assertEquals(take(response), undefined);
});

Deno.test("findPlainText() trusts no state that it does not know, or that does not follow the response", () => {
  const hidden: ProxyHandler<Response> = { ownKeys: () => [] };
  // As a runtime would that forgets nothing when it is asked for more.
  const stubborn: ProxyHandler<Response> = {
    get: (response, key) =>
      typeof key === "symbol" && key.description === "lazy static body"
        ? "sample"
        : Reflect.get(response, key),
  };
  const found = [hidden, stubborn].map((handler) =>
    findPlainText(
      class extends Response {
        constructor(body?: BodyInit | null, init?: ResponseInit) {
          super(body, init);
          return new Proxy(this, handler);
        }
      },
    )
  );
  assertEquals(found, [undefined, undefined]);
});

Deno.test("serve() sends a plain text in UTF-8, and a HEAD gets its length", async () => {
  await withFetch(() => new Response("größer"), async (port) => {
    const { fields, body } = await ask(port, "GET /");
    assertEquals({ type: fields.get("content-type"), body }, {
      type: ["text/plain;charset=UTF-8"],
      body: "größer",
    });
    assertEquals((await ask(port, "HEAD /")).fields.get("content-length"), ["8"]);
  });
});
