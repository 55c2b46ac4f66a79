import { assertEquals } from "@std/assert";
import { HttpHeaders } from "../../../../src/http/headers.ts";
import { chooseCoding, type ContentCoding } from "../../../../src/servers/static/resources/content_coding.ts";

const ALL: readonly ContentCoding[] = ["br", "zstd", "gzip", "identity"];

const CASES:
  readonly (readonly [field: string, available: readonly ContentCoding[], expected: ContentCoding])[] = [
    ["gzip, deflate, br, zstd", ALL, "br"],
    ["gzip", ALL, "gzip"],
    ["x-gzip", ALL, "gzip"],
    ["GZIP", ALL, "gzip"],
    ["gzip;q=1, br;q=0.5", ALL, "gzip"],
    ["gzip ; q=0.5 , zstd;q=0.501", ALL, "zstd"],
    ["gzip;Q=0.9", ALL, "gzip"],
    ["br;q=0", ALL, "identity"],
    ["br;q=0.000, gzip", ALL, "gzip"],
    ["*", ALL, "br"],
    ["*", ["gzip"], "gzip"],
    ["*;q=0", ALL, "identity"],
    ["br;q=0, *", ALL, "zstd"],
    ["gzip;q=0.5, *;q=0", ALL, "gzip"],
    ["identity", ALL, "identity"],
    ["identity, gzip;q=0.5", ALL, "identity"],
    ["identity;q=0.5, gzip;q=0.9", ALL, "gzip"],
    ["identity;q=0.5, gzip;q=0.5", ALL, "gzip"],
    ["identity;q=0.5, br;q=0.1, gzip;q=0.6", ALL, "gzip"],
    ["identity;q=0, gzip;q=0.1", ALL, "gzip"],
    ["identity;q=0", ALL, "identity"],
    ["br", ["gzip"], "identity"],
    ["", ALL, "identity"],
    ["gzip;q=2", ALL, "identity"],
    ["gzip;q=-1", ALL, "identity"],
    ["gzip;q=0.5555", ALL, "identity"],
    ["gzip;level=9", ALL, "identity"],
    ["\u212Azip", ALL, "identity"],
  ];

Deno.test("chooseCoding() takes the highest weight, and identity only if it is higher (RFC 9110 §12.5.3)", () => {
  for (const [field, available, expected] of CASES) {
    const headers = new HttpHeaders();
    headers.appendParsed("Accept-Encoding", field);
    assertEquals(chooseCoding(headers, available), expected, field);
  }
  assertEquals(chooseCoding(new HttpHeaders(), ALL), "identity");
  const lines = new HttpHeaders([["Accept-Encoding", "gzip;q=0.5"], ["Accept-Encoding", "zstd"]]);
  assertEquals(chooseCoding(lines, ALL), "zstd");
});
