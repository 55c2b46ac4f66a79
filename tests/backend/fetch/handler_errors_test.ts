import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { FetchHandler } from "../../../src/backend/fetch/fetch_handler.ts";
import { ask } from "../../support/ask.ts";
import { withFetch } from "../../support/fetch_server.ts";
import { ROOT } from "../../support/program.ts";
import { exchange } from "../../support/loopback.ts";

const secret = new Error("secret");

const FAILURES: Readonly<Record<string, () => Response | Promise<Response>>> = {
  "/throw": () => {
    throw secret;
  },
  "/reject": () => Promise.reject(secret),
  "/later": async () => {
    await null;
    throw secret;
  },
};

const fail = ({ url }: Request): Response | Promise<Response> =>
  FAILURES[new URL(url).pathname]?.() ?? new Response("fine");

Deno.test("serve() tells onError what a web-standard handler throws, and sends 500 without its text", async () => {
  for (const path of Object.keys(FAILURES)) {
    await withFetch(fail, async (port, errors) => {
      const response = await ask(port, `GET ${path}`);
      assertEquals({ status: response.status, includesSecret: response.body.includes("secret") }, {
        status: 500,
        includesSecret: false,
      });
      assertEquals(errors, [secret]);
      assertEquals((await ask(port, "GET /")).status, 200);
    });
  }
});

const NO_RESPONSES: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  "null": () => null,
  "a text": () => "text",
  "an error response": () => Response.error(),
  "a promise of nothing": () => Promise.resolve(),
};

for (const [what, respond] of Object.entries(NO_RESPONSES)) {
  Deno.test(`serve() tells onError of ${what} in place of a response`, async () => {
    await withFetch(respond as () => Response, async (port, errors) => {
      assertEquals((await ask(port, "GET /")).status, 500);
      assertMatch(String(errors[0]), /^(Type|Range)Error: Cannot send the response: expected a /);
    });
  });
}

Deno.test("serve() lets `error` of a handler make the response, and tells onError only when that fails", async () => {
  const error = (caught: unknown): Response => {
    if (caught !== secret) throw new Error("not mine");
    return new Response(`sorry: ${(caught as Error).message}`, { status: 503 });
  };
  await withFetch({ fetch: fail, error }, async (port, errors) => {
    for (const path of Object.keys(FAILURES)) {
      const response = await ask(port, `GET ${path}`);
      assertEquals([response.status, response.body], [503, "sorry: secret"]);
    }
    assertEquals(errors, []);
  });
  const other = new Error("another");
  const fetch = (): Response => {
    throw other;
  };
  await withFetch({ fetch, error }, async (port, errors) => {
    assertEquals((await ask(port, "GET /")).status, 500);
    assertEquals(errors.map(String), ["Error: another", "Error: not mine"]);
  });
});

Deno.test("serve() does not take an `error` of another kind for a response", async () => {
  const app: unknown = { fetch: fail, error: () => app };
  await withFetch(app as FetchHandler, async (port, errors) => {
    assertEquals((await ask(port, "GET /throw")).status, 500);
    assertEquals(errors[0], secret);
  });
});

Deno.test("serve() gives broken and oversized content its own status, and does not blame the handler", async () => {
  const read = async (request: Request): Promise<Response> => new Response(await request.text());
  await withFetch(read, async (port, errors) => {
    const head = "POST / HTTP/1.1\r\nHost: a\r\n";
    assertMatch(
      await exchange(port, `${head}Transfer-Encoding: chunked\r\n\r\nx\r\n`),
      /^HTTP\/1\.1 400 /,
    );
    assertMatch(await exchange(port, `${head}Content-Length: 11\r\n\r\nhello world`), /^HTTP\/1\.1 413 /);
    const chunks = "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n";
    assertMatch(
      await exchange(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`),
      /^HTTP\/1\.1 413 /,
    );
    assertEquals(errors, []);
  }, { maxBodyBytes: 10 });
});

Deno.test("serve() prints the error of a handler with its stack to stderr when there is no onError", async () => {
  const program = `
    import { listen, serve } from "${ROOT}mod.ts";
    const server = serve(await listen({ port: 0 }), { fetch() { throw new Error("told aloud"); } });
    console.log((await fetch(\`http://127.0.0.1:\${server.address.port}/\`)).status);
    await server.shutdown();
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", `--config=${ROOT}deno.json`, "--ext=ts", program],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stdout), "500\n");
  assertStringIncludes(decoder.decode(stderr), "Error: told aloud\n    at ");
});
