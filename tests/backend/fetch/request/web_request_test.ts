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
