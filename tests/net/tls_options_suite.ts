// The duties of every adapter about certificates beyond the first, on every runtime.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { execFile } from "node:child_process";
import { Buffer } from "node:buffer";
import { connect as connectSocket, createServer, type Server } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { formatAddress } from "../../src/net/address.ts";
import { type Connection, ConnectionError, type Listener } from "../../src/net/connection.ts";
import type { TlsOptions } from "../../src/net/tls/tls_options.ts";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { within } from "../support/deadline.ts";
import { codeOf, type PlainAdapter, readText, type RegisterTest } from "./adapter.ts";

const encoder = new TextEncoder();

/** Registers the tests of certificates; without the openssl command they do nothing. */
export function testTlsOptions({ listen }: PlainAdapter, register: RegisterTest): void {
  const test = (name: string, body: (first: Certificate, second: Certificate) => Promise<void>): void =>
    register(`listen() over TLS ${name}`, async () => {
      const certificates = [
        await makeCertificate(),
        await makeCertificate({ name: "two.test", other: "*.wild.test" }),
      ];
      const [first, second] = certificates;
      if (first !== undefined && second !== undefined) return await within(body(first, second), name);
      console.log("skipped: the openssl command is not installed");
    });

  const withListener = async (
    tls: TlsOptions,
    body: (listener: Listener<{ transport: "tcp"; hostname: string; port: number }>) => Promise<void>,
  ): Promise<void> => {
    const listener = await listen({ port: 0, tls });
    const stop = echo(listener);
    try {
      await body(listener);
    } finally {
      listener.close();
      await stop;
    }
  };

  test("opens a key with its passphrase, and refuses another", async () => {
    const locked = (await makeCertificate({ passphrase: "sesame" }))!;
    await withListener({ ...locked, passphrase: "sesame" }, async ({ address: { port } }) => {
      assertEquals(await nameOf(port, {}), "localhost");
    });
    for (const bad of [{ ...locked, passphrase: "open" }, locked]) {
      const error = await assertRejects(() => listen({ port: 0, tls: bad }), ConnectionError);
      assertEquals(codeOf(error), "bad-certificate");
    }
  });

  test(
    "chooses the certificate by the name that the client asks for (RFC 6066 §3)",
    async (first, second) => {
      await withListener({ ...first, otherCertificates: [second] }, async ({ address: { port } }) => {
        const rows = [["localhost", "localhost"], ["two.test", "two.test"], ["a.WILD.test", "two.test"], [
          "a.b.wild.test",
          "localhost",
        ], ["unknown.test", "localhost"]];
        for (const [servername, name] of rows) assertEquals(await nameOf(port, { servername }), name);
        assertEquals(await nameOf(port, {}), "localhost");
      });
    },
  );

  test(
    "reload() affects new connections only; a broken certificate changes nothing",
    async (first, second) => {
      await withListener(first, async (listener) => {
        const { port } = listener.address;
        const running = await open(port, {});
        assertEquals(await exchange(running, "before"), "before");
        listener.reload(second);
        assertEquals(await nameOf(port, {}), "two.test");
        assertEquals(await exchange(running, "after"), "after");
        for (const bad of [{ ...first, key: second.key }, { cert: "no", key: "no" }]) {
          const error = assertThrows(() => listener.reload(bad), ConnectionError);
          assertEquals(codeOf(error), "bad-certificate");
        }
        assertEquals(await nameOf(port, {}), "two.test");
        running.destroy();
      });
    },
  );

  register("Listener.reload() is refused without TLS", async () => {
    const listener = await listen({ port: 0 });
    assertThrows(() => listener.reload({ cert: "", key: "" }), TypeError);
    listener.close();
  });

  test("asks clients for a certificate of a named authority", async (first, second) => {
    await withListener({ ...first, clientAuthorities: second.cert }, async ({ address: { port } }) => {
      const known = await open(port, { cert: second.cert, key: second.key });
      assertEquals(await exchange(known, "known"), "known");
      known.destroy();
      for (const client of [{}, { cert: first.cert, key: first.key }]) {
        // The refusal comes with the handshake or, in TLS 1.3, with the first bytes after it.
        const outcome = await open(port, client).then(
          (socket) => exchange(socket, "stranger"),
          () => "refused",
        );
        assertEquals(outcome, "refused");
      }
    });
  });

  test("refuses to agree on TLS again and again", async (first) => {
    await withListener(first, async ({ address: { port } }) => {
      assertEquals(await renegotiate(port, "-tls1_2"), "refused");
    });
  });

  test("fails with not-tls for a client that speaks something else, which can get a message about it", async (first) => {
    const listener = await listen({ port: 0, tls: first });
    const client = connectSocket(listener.address.port, "127.0.0.1");
    const received = new Promise<string>((resolve) => {
      let text = "";
      client.setEncoding("latin1").on("data", (piece) => text += piece).on("close", () => resolve(text));
    });
    client.on("error", () => {}).write(`GET / HTTP/1.1\r\n${"A: b\r\n".repeat(1_000)}\r\n`);
    const server = (await listener.accept())!;
    const error = await assertRejects(() => server.read(new Uint8Array(10)), ConnectionError);
    assertEquals(codeOf(error), "not-tls");
    await server.write(encoder.encode("this port speaks TLS"));
    await server.closeWrite();
    server.close();
    assertEquals(await received, "this port speaks TLS");
    listener.close();
  });

  test("reads the preface of a proxy before the handshake", async (first) => {
    for (const cut of ["in one piece", "in two pieces"]) {
      const errors: unknown[] = [];
      const proxyProtocol = { onError: (error: unknown) => errors.push(error) };
      const listener = await listen({ port: 0, tls: first, proxyProtocol });
      const accepted = listener.accept();
      const preface = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
      const relay = await openRelay(listener.address.port, preface, cut);
      const client = await open((relay.address() as { readonly port: number }).port, {});
      client.write("hello");
      const server = (await accepted)!;
      assertEquals({ remote: formatAddress(server.remote), isEncrypted: server.isEncrypted }, {
        remote: "192.0.2.1:56324",
        isEncrypted: true,
      });
      assertEquals(await readText(server, 5), "hello");
      client.destroy();
      server.close();
      listener.close();
      await new Promise((resolve) => relay.close(resolve));
      assertEquals(errors, []);
    }
  });
}

/** Echoes what every connection sends. @returns settles when the listener is closed */
async function echo(listener: Listener): Promise<void> {
  for await (const connection of listener) void echoOn(connection);
}

async function echoOn(connection: Connection): Promise<void> {
  const buffer = new Uint8Array(1_000);
  try {
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      await connection.write(buffer.slice(0, count));
    }
  } catch {
    // The client has left, or was refused.
  }
  connection.close();
}

async function open(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  return await new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
    socket.once("secureConnect", () => resolve(socket)).once("error", reject);
  });
}

/** Sends a text and waits for it. @returns `refused` when the connection ends instead */
async function exchange(socket: TLSSocket, text: string): Promise<string> {
  return await new Promise((resolve) => {
    socket.once("data", (bytes) => resolve(bytes.toString()));
    for (const event of ["error", "close", "end"]) socket.on(event, () => resolve("refused"));
    socket.write(text);
  });
}

/** The name of the certificate that a client gets. */
async function nameOf(port: number, options: ConnectionOptions): Promise<string> {
  const socket = await open(port, options);
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

async function renegotiate(port: number, version: string): Promise<string> {
  return await new Promise((resolve) => {
    const child = execFile(
      "openssl",
      ["s_client", version, "-connect", `127.0.0.1:${port}`],
      (error, stdout, stderr) =>
        resolve(/no renegotiation/.test(stdout + stderr) ? "refused" : `ended with ${error?.code ?? 0}`),
    );
    // A line that is only R asks for a new handshake.
    const onOutput = (text: string): void => {
      if (/Verify return code/.test(text)) child.stdin!.write("R\n");
      if (/verify return:1[^]*verify return:1/.test(text.split("RENEGOTIATING")[1] ?? "")) {
        child.stdin!.end("Q\n");
      }
    };
    let output = "";
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on("data", (piece) => onOutput(output += piece));
    }
    assert(child.stdin !== null);
  });
}

/** Passes bytes on, with a preface before the first of them. */
async function openRelay(port: number, preface: string, cut: string): Promise<Server> {
  const relay = createServer((client) => {
    const server = connectSocket(port, "127.0.0.1");
    client.once("data", (first) => {
      if (cut === "in one piece") server.write(Buffer.concat([Buffer.from(preface), first]));
      else server.write(preface, () => server.write(first));
      client.pipe(server);
    });
    server.pipe(client);
    for (const socket of [client, server]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  return relay;
}
