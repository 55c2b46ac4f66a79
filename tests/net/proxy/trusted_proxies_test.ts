import { assert, assertEquals, assertThrows } from "@std/assert";
import { tcpAddress, unixAddress } from "../../../src/net/address.ts";
import { canonicalIp, parseNode } from "../../../src/net/ip_address.ts";
import { parseTrustedProxies } from "../../../src/net/proxy/trusted_proxies.ts";

Deno.test("parseTrustedProxies() takes addresses and networks of both families, and unix", () => {
  const proxies = parseTrustedProxies("127.0.0.1, 10.0.0.0/8,::1,2001:DB8::/32,::ffff:192.0.2.1,unix");
  const trusted = ["127.0.0.1", "10.255.0.1", "::1", "2001:db8:5::1", "192.0.2.1", "::ffff:10.1.1.1"];
  const strangers = ["127.0.0.2", "11.0.0.1", "::2", "2001:db9::1", "192.0.2.2", "", "localhost"];
  for (const host of trusted) assert(proxies.trusts(tcpAddress(host, 1)), host);
  for (const host of strangers) assert(!proxies.trusts(tcpAddress(host, 1)), host);
  assert(proxies.trusts(unixAddress("")));
  assert(!parseTrustedProxies("::1").trusts(unixAddress("")));
  assert(parseTrustedProxies("fe80::/10").trusts(tcpAddress("fe80::1%eth0", 1)));
  const odd = parseTrustedProxies("172.16.0.0/12,2001:db8:8000::/33");
  for (const host of ["172.16.0.0", "172.31.255.255", "2001:db8:ffff::1"]) {
    assert(odd.trusts(tcpAddress(host, 1)), host);
  }
  for (const host of ["172.15.255.255", "172.32.0.0", "2001:db8:7fff::1"]) {
    assert(!odd.trusts(tcpAddress(host, 1)), host);
  }
  assert(parseTrustedProxies("0.0.0.0/0").trusts(tcpAddress("198.51.100.7", 1)));
});

Deno.test("parseTrustedProxies() refuses a malformed address, and names it", () => {
  const rows = [
    "",
    ",",
    "10.0.0.0/33",
    "::1/129",
    "10.0.0/8",
    "localhost",
    "1.2.3.4/",
    "1.2.3.4/8x",
    "1.2.3.4,x",
    "/8",
  ];
  for (const text of rows) {
    assertThrows(() => parseTrustedProxies(text), TypeError, "expected an address or a network");
  }
  assertThrows(() => parseTrustedProxies("::1,10.0.0.0/33"), TypeError, 'got "10.0.0.0/33"');
});

Deno.test("canonicalIp() gives one text for each address (RFC 5952), IPv4-mapped ones as IPv4 (RFC 4291 §2.5.5.2)", () => {
  const rows: [text: string, canonical: string | undefined][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:0201", "192.0.2.1"],
    ["::ffff:0:1", "0.0.0.1"],
    ["::1.2.3.4", "::102:304"],
    ["192.0.2.01", undefined],
    ["192.0.2", undefined],
    ["fe80::1%eth0", undefined],
    ["unknown", undefined],
    ["", undefined],
  ];
  for (const [text, canonical] of rows) assertEquals(canonicalIp(text), canonical, text);
});

Deno.test("parseNode() reads nodes with and without a port (RFC 7239 §6)", () => {
  const rows: [text: string, hostname?: string, port?: number][] = [
    ["192.0.2.43", "192.0.2.43", 0],
    ["192.0.2.43:47011", "192.0.2.43", 47_011],
    ["192.0.2.43:_secret", "192.0.2.43", 0],
    ["[2001:db8:cafe::17]:4711", "2001:db8:cafe::17", 4_711],
    ["[2001:DB8::17]", "2001:db8::17", 0],
    ["2001:db8::17", "2001:db8::17", 0],
    ["unknown"],
    ["unknown:80"],
    ["_hidden"],
    ["192.0.2.43:"],
    ["192.0.2.43:65536"],
    ["192.0.2.43:8o"],
    ["[192.0.2.43]"],
    ["[::1"],
    ["[::1]x"],
    ["[]:80"],
    [":80"],
    [""],
  ];
  for (const [text, hostname, port] of rows) {
    assertEquals(parseNode(text), hostname === undefined ? undefined : tcpAddress(hostname, port!), text);
  }
});
