// serve() in one call.

import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { formatAddress } from "../../src/net/address.ts";
import { ConnectionError } from "../../src/net/connection.ts";
import { connect, listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import { within } from "../support/deadline.ts";
import { ROOT } from "../support/program.ts";

const hello = (): Response => new Response("hello");

Deno.test("serve() in one call gives a server at once, which is ready once it listens", async () => {
  const listening = Promise.withResolvers<unknown>();
  const server = serve({ port: 0, fetch: hello, onListen: listening.resolve });
  assertEquals([server.address as unknown, server.connectionCount, server.figures.requests], [
    undefined,
    0,
    0,
  ]);
  assertEquals(await server.ready === server, true);
  const { transport, hostname, port } = server.address;
  assertEquals({ transport, hostname, hasPort: port > 0 }, {
    transport: "tcp",
    hostname: "127.0.0.1",
    hasPort: true,
  });
  assertEquals(await listening.promise, server.address);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assertEquals([await response.text(), server.figures.requests], ["hello", 1]);
  await within(server.shutdown(), "the end of the server");
  await server.finished;
});

Deno.test("serve() in one call rejects `ready` when the port is in use, and is finished", async () => {
  const first = serve({ port: 0, fetch: hello });
  await first.ready;
  const second = serve({ port: first.address.port, fetch: hello });
  const error = await assertRejects(() => second.ready, ConnectionError);
  assertEquals(error.code, "in-use");
  await second.finished;
  await second.shutdown();
  await first.shutdown();
});

Deno.test("serve() in one call tells that it cannot listen if nobody has asked for `ready`", async () => {
  const first = serve({ port: 0, fetch: hello });
  await first.ready;
  const { port } = first.address;
  const errors: unknown[] = [];
  const onError = (error: unknown, address: unknown): void => void errors.push(error, address);
  const second = serve({ port, fetch: hello, onError });
  await second.finished;
  assertInstanceOf(errors[0], ConnectionError);
  assertEquals(errors.slice(1), [{ transport: "tcp", hostname: "127.0.0.1", port }]);
  await first.shutdown();
});

Deno.test("serve() in one call refuses a port that is none, and takes the text of one", async () => {
  for (const port of [-1, 65_536, 1.5, NaN, "http", ""]) {
    const server = serve({ port: port as number, fetch: hello });
    await assertRejects(() => server.ready, RangeError, "expected a port of 0 to 65535");
  }
  const server = serve({ port: "0" as unknown as number, fetch: hello });
  await server.ready;
  assertEquals(server.address.port > 0, true);
  await server.shutdown();
});

Deno.test("serve() refuses an object without a function `fetch`", async () => {
  const other = { handler: hello } as unknown as { readonly fetch: typeof hello };
  for (const options of [{ port: 0, ...other }, hello, undefined, null]) {
    assertThrows(() => serve(options as unknown as typeof other), TypeError, "a function `fetch`");
  }
  const listener = await listen({ port: 0 });
  for (const backend of [other, undefined, null]) {
    assertThrows(() => serve(listener, backend as unknown as typeof other), TypeError, "a function `fetch`");
  }
  listener.close();
});

Deno.test("serve() asks the `fetch` of an application, whatever else it is or has", async () => {
  const refuse = (): never => {
    throw new Error("not to be called");
  };
  for (const application of [{ fetch: hello, handle: refuse }, Object.assign(refuse, { fetch: hello })]) {
    const server = serve(await listen({ port: 0 }), application);
    assertEquals(await (await fetch(`http://127.0.0.1:${server.address.port}/`)).text(), "hello");
    await server.shutdown();
  }
});

Deno.test("serve() in one call rejects `ready` and closes the port when `onListen` throws", async () => {
  const ports: number[] = [];
  const server = serve({
    port: 0,
    fetch: hello,
    onListen(address) {
      if (address.transport === "tcp") ports.push(address.port);
      throw new RangeError("not now");
    },
  });
  await assertRejects(() => server.ready, RangeError, "not now");
  await assertRejects(() => connect({ hostname: "127.0.0.1", port: ports[0]! }), ConnectionError);
  await server.finished;
});

Deno.test("serve() in one call takes no certificates before it listens, or without TLS", async () => {
  const server = serve({ port: 0, fetch: hello });
  const tls = { cert: "", key: "" };
  assertThrows(() => server.reload(tls), TypeError, "does not listen yet");
  await server.ready;
  assertThrows(() => server.reload(tls), TypeError, "has no TLS");
  await server.shutdown();
});

Deno.test("serve() in one call listens on a unix socket and opens no port", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/http.sock`;
  const server = serve({ path, fetch: (_request, { local }) => new Response(formatAddress(local)) });
  await server.ready;
  assertEquals(server.address, { transport: "unix", path });
  const client = await connect({ path });
  await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  const text = await new Response(client.readable).text();
  assertEquals(text.endsWith(`\r\n\r\nunix:${path}`), true);
  client.close();
  await server.shutdown();
  await assertRejects(() => serve({ path, port: 0, fetch: hello }).ready, TypeError);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("serve() in one call ends by its signal, by `await using`, and by shutdown() before it is ready", async () => {
  const aborting = new AbortController();
  const server = serve({ port: 0, fetch: hello, signal: aborting.signal });
  await server.ready;
  aborting.abort();
  await within(server.finished, "the end by the signal");

  const aborted = serve({ port: 0, fetch: hello, signal: AbortSignal.abort() });
  await within(aborted.finished, "the end of a server that was aborted before");

  let used;
  {
    await using disposed = serve({ port: 0, fetch: hello });
    await disposed.ready;
    used = disposed;
  }
  await assertRejects(() => fetch(`http://127.0.0.1:${used.address.port}/`));

  const early = serve({ port: 0, fetch: hello });
  await within(early.shutdown(), "the end before the beginning");
});

Deno.test("serve() in one call lets the program end after unref()", async () => {
  const program = `
    import { serve } from "${ROOT}mod.ts";
    const server = serve({ port: 0, fetch: () => new Response("hello") });
    server.unref();
    await server.ready;
    console.log(await (await fetch("http://127.0.0.1:" + server.address.port, { headers: { connection: "close" } })).text());
  `;
  const { stdout, code } = await within(
    new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", `--config=${ROOT}deno.json`, "--ext=ts", program],
    }).output(),
    "the end of the program",
  );
  assertEquals([new TextDecoder().decode(stdout), code], ["hello\n", 0]);
});

Deno.test("serve() in one call lets `error` make the response, and takes the limits of all servers", async () => {
  const server = serve({
    port: 0,
    fetch: () => {
      throw new Error("no tea");
    },
    error: (error) => new Response(String(error), { status: 418 }),
    serverName: "teapot",
  });
  await server.ready;
  const response = await fetch(`http://127.0.0.1:${server.address.port}/`);
  assertEquals([response.status, await response.text(), response.headers.get("server")], [
    418,
    "Error: no tea",
    "teapot",
  ]);
  assertInstanceOf(server.ready, Promise);
  await server.shutdown();
});
