import { assertEquals, assertInstanceOf } from "@std/assert";
import { FastResponse } from "../../../../src/backend/fetch/response/fast_response.ts";
import { ask } from "../../../support/ask.ts";
import { withFetch } from "../../../support/fetch_server.ts";
import { outcome } from "../outcome.ts";
import { describe, RESPONSES } from "./response_cases.ts";

const form = (): FormData => {
  const data = new FormData();
  data.set("a", "1");
  return data;
};

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
  const response = new FastResponse(bytes);
  bytes.fill(9);
  assertEquals(response.headers, response.headers);
  assertEquals(response.body === response.body, true);
  assertEquals([...new Uint8Array(await response.arrayBuffer())], [1, 2, 3]);
});

Deno.test("FastResponse reads a form and a blob", async () => {
  const response = new FastResponse(form());
  assertEquals((await response.formData()).get("a"), "1");
  const blob = await new FastResponse("x", { headers: { "content-type": "a/b" } })
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
