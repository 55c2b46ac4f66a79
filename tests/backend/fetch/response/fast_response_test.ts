import { assertEquals, assertInstanceOf } from "@std/assert";
import { FastResponse } from "../../../../src/backend/fetch/response/fast_response.ts";
import { ask } from "../../../support/ask.ts";
import { streamOf, withFetch } from "../../../support/fetch_server.ts";
import { outcome } from "../outcome.ts";

type Make = (Class: typeof Response) => Response | Promise<Response>;

const form = (): FormData => {
  const data = new FormData();
  data.set("a", "1");
  return data;
};

const RESPONSES: Readonly<Record<string, Make>> = {
  nothing: (Class) => new Class(),
  "null": (Class) => new Class(null, { status: 404 }),
  "no content": (Class) => new Class(null, { status: 204, headers: { "X-A": "1" } }),
  text: (Class) => new Class("héllo"),
  "an empty text": (Class) => new Class(""),
  bytes: (Class) => new Class(new Uint8Array([0, 255, 7])),
  "a buffer": (Class) => new Class(new ArrayBuffer(3)),
  "a Blob": (Class) => new Class(new Blob(["x"], { type: "a/b" })),
  params: (Class) => new Class(new URLSearchParams("a=b")),
  "a stream": (Class) => new Class(streamOf(new Uint8Array([1]), new Uint8Array([2]))),
  status: (Class) => new Class("x", { status: 418, statusText: "Teapot" }),
  "fields of an object": (Class) => new Class("x", { headers: { "X-A": " 1 ", "content-type": "a/b" } }),
  "fields of a list": (Class) =>
    new Class("x", { headers: [["x-a", "1"], ["X-A", "2"], ["set-cookie", "a"]] }),
  "fields of Headers": (Class) => {
    const headers = new Headers({ "x-a": "1" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return new Class("x", { headers });
  },
  JSON: (Class) => Class.json({ a: [1, "é"] }),
  "JSON with fields": (Class) => Class.json(null, { status: 201, headers: { "x-a": "1" } }),
  "JSON of nothing": (Class) => Class.json(undefined),
  redirect: (Class) => Class.redirect("http://localhost/a b", 303),
  error: (Class) => Class.error(),
  "a bad status": (Class) => new Class("x", { status: 99 }),
  "a fraction of a status": (Class) => new Class("x", { status: 200.5 }),
  "content with 204": (Class) => new Class("x", { status: 204 }),
  "a bad field": (Class) => new Class("x", { headers: { "x y": "1" } }),
  "a bad value": (Class) => new Class("x", { headers: { "x-a": "a\nb" } }),
  "a bad status text": (Class) => new Class("x", { statusText: "a\nb" }),
  "a response made from another": (Class) => {
    const first = new Class("first", { status: 201, headers: { "x-a": "1" } });
    return new Class(first.body, first);
  },
  "a response made from another whose content is in use": (Class) => {
    const first = new Class("first", { status: 201, statusText: "Fine", headers: { "x-a": "1" } });
    return new Class(first.body!.pipeThrough(new TransformStream()), first);
  },
  "content with a reader": (Class) => {
    const response = new Class("x");
    response.body!.getReader();
    return response;
  },
  "content that was read": async (Class) => {
    const response = new Class("x");
    await response.body!.getReader().read();
    return response;
  },
  "content that was cancelled": async (Class) => {
    const response = new Class("x", { headers: { "x-a": "1" } });
    await response.body!.cancel();
    return response;
  },
  "changed fields": (Class) => {
    const response = new Class("x", { headers: { "x-a": "1" } });
    response.headers.append("x-a", "2");
    response.headers.delete("content-type");
    return response;
  },
  "a clone": async (Class) => {
    const response = new Class("x", { headers: { "x-a": "1" } });
    const clone = response.clone();
    return await response.text() === "x" ? clone : response;
  },
};

/** Everything visible of a response. */
async function describe(response: Response): Promise<unknown> {
  const { status, statusText, ok, type, url, redirected, bodyUsed } = response;
  const fields = [...response.headers];
  const hasBody = response.body !== null;
  const content = await outcome(() => response.text());
  const after = [response.bodyUsed, response.body?.locked, await outcome(() => response.json())];
  return { status, statusText, ok, type, url, redirected, bodyUsed, fields, hasBody, content, after };
}

for (const [what, make] of Object.entries(RESPONSES)) {
  Deno.test(`FastResponse is like a Response: ${what}`, async () => {
    const ours = await outcome(async () =>
      await describe(await make(FastResponse as unknown as typeof Response))
    );
    assertEquals(ours, await outcome(async () => await describe(await make(Response))));
  });

  Deno.test(`serve() sends a FastResponse as it sends a Response: ${what}`, async () => {
    let Class = FastResponse as unknown as typeof Response;
    await withFetch(() => make(Class), async (port) => {
      const fast = await ask(port, "GET /");
      Class = Response;
      const native = await ask(port, "GET /");
      const sorted = ({ fields }: typeof fast): unknown =>
        [...fields].filter(([name]) => name !== "date").sort();
      assertEquals([fast.status, fast.body, sorted(fast)], [native.status, native.body, sorted(native)]);
    });
  });
}

Deno.test("FastResponse is an instance of Response with all its members", () => {
  const response: object = new FastResponse("x");
  assertInstanceOf(response, Response);
  assertEquals(Object.prototype.toString.call(response), "[object Response]");
  const names = (object: object): string[] => {
    const found: string[] = [];
    for (const name in object) found.push(name);
    return found.sort();
  };
  assertEquals(names(response), names(new Response("x")));
});

Deno.test("FastResponse copies bytes, and gives the same fields and stream each time", async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const response = new FastResponse(bytes) as unknown as Response;
  bytes.fill(9);
  assertEquals(response.headers, response.headers);
  assertEquals(response.body === response.body, true);
  assertEquals([...new Uint8Array(await response.arrayBuffer())], [1, 2, 3]);
});

Deno.test("FastResponse reads a form and a blob", async () => {
  const response = new FastResponse(form()) as unknown as Response;
  assertEquals((await response.formData()).get("a"), "1");
  const blob = await (new FastResponse("x", { headers: { "content-type": "a/b" } }) as unknown as Response)
    .blob();
  assertEquals([blob.type, await blob.text()], ["a/b", "x"]);
});

Deno.test("FastResponse.blobSizeOf() tells the size of a Blob, and of no other content", () => {
  const sizeOf = (body: BodyInit | null): number | undefined =>
    FastResponse.blobSizeOf(new FastResponse(body));
  assertEquals(sizeOf(new Blob(["four", "five5"])), 9);
  for (const body of [null, "text", new Uint8Array(3), new ReadableStream(), new FormData()]) {
    assertEquals(sizeOf(body), undefined);
  }
  assertEquals(FastResponse.blobSizeOf(new Response(new Blob(["four"]))), undefined);
});
