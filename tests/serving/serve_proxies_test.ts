import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatAddress } from "../../src/net/address.ts";
import { listen } from "../../src/net/listen.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { serve, type Server } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { connectRaw, exchange } from "../support/loopback.ts";

async function withServer(
  options: ServeOptions,
  test: (server: Server, ask: (fields: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const server = serve(await listen({ port: 0 }), (_request, context) => {
    const scheme = context.isEncrypted ? "https" : "http";
    return textResponse(200, `${scheme} ${formatAddress(context.remote)}`);
  }, options);
  const ask = async (fields: string): Promise<string> => {
    const request = `GET / HTTP/1.1\r\nHost: a\r\n${fields}Connection: close\r\n\r\n`;
    return (await exchange(server.address.port!, request)).split("\r\n\r\n")[1]!;
  };
  try {
    await test(server, ask);
  } finally {
    await server.shutdown();
  }
}

Deno.test("serve() believes the fields of trusted proxies only (RFC 7239 §8.1)", async () => {
  await withServer({ trustedProxies: ["127.0.0.1"] }, async (_server, ask) => {
    assertStringIncludes(await ask(""), "http 127.0.0.1:");
    assertStringIncludes(
      await ask("X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n"),
      "https 203.0.113.7:",
    );
    assertStringIncludes(
      await ask('Forwarded: for="[2001:db8::1]:80";proto=https\r\n'),
      "https [2001:db8::1]:80",
    );
    assertStringIncludes(await ask("X-Forwarded-For: 198.51.100.1, 203.0.113.7\r\n"), "http 203.0.113.7:");
  });
  await withServer({ trustedProxies: ["10.0.0.0/8"] }, async (_server, ask) => {
    assertStringIncludes(await ask("X-Forwarded-For: 203.0.113.7\r\n"), "http 127.0.0.1:");
  });
});

Deno.test("serve() does not count connections of trusted proxies for the limit per address", async () => {
  const options = { maxConnectionsPerAddress: 1, trustedProxies: ["127.0.0.0/8"] };
  await withServer(options, async ({ address }, ask) => {
    const first = await connectRaw(address.port!);
    assertStringIncludes(await ask(""), "http 127.0.0.1:");
    first.close();
  });
});

Deno.test("Server.figures counts responses by method and class, and how long they took", async () => {
  await withServer({}, async (server, ask) => {
    await ask("");
    await exchange(
      server.address.port!,
      "BREW / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    );
    const { requests, requestsInFlight, responses } = server.figures;
    assertEquals([requests, requestsInFlight], [3, 0]);
    // GET 2xx and 4xx, and another method 2xx.
    assertEquals([responses.byMethod[1], responses.byMethod[3], responses.byMethod[7 * 5 + 1]], [1, 1, 1]);
    assertEquals(responses.durations.reduce((sum, count) => sum + count), 3);
  });
});
