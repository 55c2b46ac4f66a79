import { assertEquals } from "@std/assert";
import { type Client, clientOf } from "../../src/backend/client_of.ts";
import { HttpHeaders } from "../../src/http/headers.ts";
import { formatAddress, tcpAddress, unixAddress } from "../../src/net/address.ts";
import { parseTrustedProxies } from "../../src/net/proxy/trusted_proxies.ts";

const TRUSTED = parseTrustedProxies("127.0.0.1,10.0.0.0/8,unix");

/** The client that is found, as `address scheme`. */
function find(peer: string, fields: Record<string, string>, isEncrypted: "tls" | "plain" = "plain"): string {
  const remote = peer === "unix" ? unixAddress("") : tcpAddress(peer, 5);
  const client: Client = { remote, isEncrypted: isEncrypted === "tls" };
  const found = clientOf(client, new HttpHeaders(Object.entries(fields)), TRUSTED);
  return `${formatAddress(found.remote)} ${found.isEncrypted ? "https" : "http"}`;
}

Deno.test("clientOf() reads from the right, past trusted hops only (RFC 7239 §8.1)", () => {
  const rows: [peer: string, fields: Record<string, string>, client: string][] = [
    ["127.0.0.1", {}, "127.0.0.1:5 http"],
    ["127.0.0.1", { "X-Forwarded-For": "192.0.2.1" }, "192.0.2.1:0 http"],
    ["unix", { "X-Forwarded-For": "192.0.2.1" }, "192.0.2.1:0 http"],
    ["127.0.0.1", { "X-Forwarded-For": "6.6.6.6, 192.0.2.1" }, "192.0.2.1:0 http"],
    ["127.0.0.1", { "X-Forwarded-For": "6.6.6.6, 192.0.2.1, 10.1.2.3" }, "192.0.2.1:0 http"],
    ["127.0.0.1", { "X-Forwarded-For": "10.0.0.1" }, "10.0.0.1:0 http"],
    ["127.0.0.1", { "X-Forwarded-For": "6.6.6.6, unknown, 10.0.0.1" }, "10.0.0.1:0 http"],
    ["127.0.0.1", { "X-Forwarded-For": "6.6.6.6, <script>" }, "127.0.0.1:5 http"],
    ["127.0.0.1", { "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https" }, "192.0.2.1:0 https"],
    ["127.0.0.1", { "X-Forwarded-Proto": "https" }, "127.0.0.1:5 https"],
    ["127.0.0.1", { "X-Forwarded-Proto": "gopher" }, "127.0.0.1:5 http"],
    ["127.0.0.1", { Forwarded: 'for="[2001:DB8::7]:443";proto=https' }, "[2001:db8::7]:443 https"],
    ["127.0.0.1", { Forwarded: "for=6.6.6.6;proto=https, for=_secret" }, "127.0.0.1:5 http"],
    ["127.0.0.1", { Forwarded: "for=192.0.2.1;proto=https, for=10.0.0.1;proto=http" }, "192.0.2.1:0 https"],
  ];
  for (const [peer, fields, client] of rows) assertEquals(find(peer, fields), client, JSON.stringify(fields));
});

Deno.test("clientOf() believes no other address", () => {
  const fields = { "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", Forwarded: "for=6.6.6.6" };
  assertEquals(find("192.0.2.9", fields), "192.0.2.9:5 http");
  assertEquals(find("192.0.2.9", { "X-Forwarded-Proto": "http" }, "tls"), "192.0.2.9:5 https");
});

Deno.test("clientOf() keeps TLS of the connection if no proxy says otherwise, and gives it up if one says http", () => {
  assertEquals(find("127.0.0.1", { "X-Forwarded-For": "192.0.2.1" }, "tls"), "192.0.2.1:0 https");
  assertEquals(
    find("127.0.0.1", { "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "http" }, "tls"),
    "192.0.2.1:0 http",
  );
});

Deno.test("clientOf() takes the proxy for the client when two fields name different clients: one of them is made up", () => {
  const rows: [forwarded: string, client: string][] = [
    ["for=192.0.2.1", "192.0.2.1:0 http"],
    ["for=6.6.6.6", "127.0.0.1:5 http"],
    ["for=192.0.2.1;proto=https", "127.0.0.1:5 http"],
  ];
  for (const [Forwarded, client] of rows) {
    assertEquals(find("127.0.0.1", { Forwarded, "X-Forwarded-For": "192.0.2.1" }), client);
  }
});
