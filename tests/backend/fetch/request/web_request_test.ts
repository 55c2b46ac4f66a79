// The Request that a web-standard handler sees.

import { assertEquals } from "@std/assert";
import { ask } from "../../../support/ask.ts";
import { withFetch } from "../../../support/fetch_server.ts";

Deno.test("Request.headers joins Cookie lines by a semicolon, and all others by a comma (RFC 9113 §8.2.3)", async () => {
  const respond = ({ headers }: Request): Response =>
    Response.json([headers.get("cookie"), headers.get("x"), [...headers.keys()].includes("cookie")]);
  await withFetch(respond, async (port) => {
    const { body } = await ask(port, "GET /", {
      fields: "Cookie: a=1\r\nX: 1\r\nCOOKIE: b=2; c=3\r\nx: 2\r\n",
    });
    assertEquals(JSON.parse(body), ["a=1; b=2; c=3", "1, 2", true]);
  });
});

Deno.test("Request.url is the target as sent, with a bare question mark", async () => {
  await withFetch(({ url }) => new Response(url), async (port) => {
    for (const target of ["/?", "/a?", "/a?b=%20c", "//a/b?c", "/a??", "/"]) {
      assertEquals((await ask(port, `GET ${target}`)).body, `http://127.0.0.1:${port}${target}`);
    }
  });
});

Deno.test("Request.body is empty, not null, if a length of 0 is announced (RFC 9112 §6.3)", async () => {
  const respond = async (request: Request): Promise<Response> =>
    Response.json({ isNull: request.body === null, text: await request.text(), isUsed: request.bodyUsed });
  await withFetch(respond, async (port) => {
    const given = async (line: string, fields: string = ""): Promise<unknown> =>
      JSON.parse((await ask(port, line, { fields })).body);
    assertEquals(await given("POST /", "Content-Length: 0\r\n"), { isNull: false, text: "", isUsed: true });
    assertEquals(await given("POST /"), { isNull: true, text: "", isUsed: false });
    assertEquals(await given("DELETE /", "Content-Length: 0\r\n"), { isNull: false, text: "", isUsed: true });
    assertEquals(await given("GET /", "Content-Length: 0\r\n"), { isNull: true, text: "", isUsed: false });
  });
});

Deno.test("serve() takes 128 MiB from a web-standard handler's client unless told otherwise", async () => {
  const read = async (request: Request): Promise<Response> => {
    let size = 0;
    for await (const piece of request.body!) size += piece.length;
    return new Response(String(size));
  };
  await withFetch(read, async (port) => {
    const size = 3_000_000;
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: new Uint8Array(size) });
    assertEquals(await response.text(), String(size));
    const refused = await ask(port, "POST /", { fields: "Content-Length: 134217729\r\n" });
    assertEquals(refused.status, 413);
  });
});

/** Uses a request through a Proxy that hands itself on as the receiver, and through an object made of the request. */
async function useIndirectly(request: Request): Promise<unknown> {
  const proxy = new Proxy(request, { get: (target, name, receiver) => Reflect.get(target, name, receiver) });
  const derived = Object.create(request) as Request;
  const members = [proxy.method, new URL(derived.url).pathname, proxy.headers.get("x-a"), derived.bodyUsed];
  const copy = await new Request(proxy.clone()).text();
  return {
    members,
    copy,
    text: await derived.text(),
    isUsed: [request, proxy, derived].map((one) => one.bodyUsed),
  };
}

Deno.test("A request can be used through a Proxy, and as the prototype of another object, like one of the runtime", async () => {
  const respond = async (request: Request): Promise<Response> => Response.json(await useIndirectly(request));
  await withFetch(respond, async (port) => {
    for (const body of [undefined, "content"]) {
      const init = {
        method: body === undefined ? "GET" : "POST",
        headers: { "x-a": "1" },
        ...(body && { body }),
      };
      const url = `http://127.0.0.1:${port}/path`;
      assertEquals(await (await fetch(url, init)).json(), await useIndirectly(new Request(url, init)));
    }
  });
});
