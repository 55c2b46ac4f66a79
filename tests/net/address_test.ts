import { assertEquals } from "@std/assert";
import {
  addressOf,
  formatAddress,
  hostOf,
  type NetAddress,
  tcpAddress,
  unixAddress,
  urlOf,
} from "../../src/net/address.ts";

Deno.test("formatAddress() and hostOf() write every kind of address, IPv6 in brackets (RFC 3986 §3.2.2)", () => {
  const rows: [address: NetAddress, text: string, host: string][] = [
    [tcpAddress("127.0.0.1", 80), "127.0.0.1:80", "127.0.0.1"],
    [tcpAddress("::1", 80), "[::1]:80", "::1"],
    [unixAddress("/run/x.sock"), "unix:/run/x.sock", "unix"],
    [unixAddress(""), "unix", "unix"],
  ];
  for (const [address, text, host] of rows) {
    assertEquals([formatAddress(address), hostOf(address)], [text, host]);
  }
});

Deno.test("urlOf() names scheme, host and port of a listener, and the path of a socket", () => {
  const rows: [address: NetAddress, isEncrypted: boolean, http: string, tcp: string][] = [
    [tcpAddress("127.0.0.1", 80), false, "http://127.0.0.1:80/", "tcp://127.0.0.1:80"],
    [tcpAddress("::1", 81), true, "https://[::1]:81/", "tls://[::1]:81"],
    [unixAddress("/run/x.sock"), false, "unix:/run/x.sock", "unix:/run/x.sock"],
  ];
  for (const [address, isEncrypted, http, tcp] of rows) {
    const listening = { address, isEncrypted };
    assertEquals([urlOf(listening), urlOf(listening, "tcp")], [http, tcp]);
  }
});

Deno.test("tcpAddress() shows IPv4 as IPv4, also where IPv6 maps it (RFC 4291 §2.5.5.2)", () => {
  const rows: [hostname: string, shown: string][] = [
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:192.0.2.1", "192.0.2.1"],
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:0:1", "::ffff:0:1"],
    ["2001:db8::1", "2001:db8::1"],
  ];
  for (const [hostname, shown] of rows) assertEquals(tcpAddress(hostname, 1).hostname, shown);
});

Deno.test("addressOf() takes addresses and their fields, IPv6 with and without brackets", () => {
  assertEquals(addressOf({ hostname: "[::1]", port: 1 }), tcpAddress("::1", 1));
  assertEquals(addressOf({ path: "/run/x.sock" }), unixAddress("/run/x.sock"));
  assertEquals(addressOf(unixAddress("/run/x.sock")), unixAddress("/run/x.sock"));
});
