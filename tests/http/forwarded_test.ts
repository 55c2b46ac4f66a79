import { assertEquals } from "@std/assert";
import { forwardedHops, xForwardedHops } from "../../src/http/forwarded.ts";
import { HttpHeaders } from "../../src/http/headers.ts";

/** Hops in short: `for/proto`, `-` for a missing one. */
function show(hops: ReturnType<typeof forwardedHops>): string | undefined {
  return hops?.map((hop) => `${hop.for ?? "-"}/${hop.proto ?? "-"}`).join(" ");
}

Deno.test("forwardedHops() reads elements, quoted strings and several lines (RFC 7239 §4)", () => {
  const rows: [lines: string[], hops: string | undefined][] = [
    [[], undefined],
    [['for="_gazonk"'], "_gazonk/-"],
    [['For="[2001:db8:cafe::17]:4711"'], "[2001:db8:cafe::17]:4711/-"],
    [["for=192.0.2.60;proto=HTTP;by=203.0.113.43"], "192.0.2.60/http"],
    [["for=192.0.2.43, for=198.51.100.17"], "192.0.2.43/- 198.51.100.17/-"],
    [["for=192.0.2.43", "for=198.51.100.17;proto=https"], "192.0.2.43/- 198.51.100.17/https"],
    [["proto=https;for=a ; by=b\t,\tfor=c"], "a/https c/-"],
    [['for="a,b;c=\\"d\\\\"'], 'a,b;c="d\\/-'],
    [[", for=a,, ;for=b;,"], "a/- b/-"],
    [["proto=https"], "-/https"],
    [[""], ""],
    // A break of the grammar hides the hops before it on its line, and nothing else.
    [["for=a", "for=[::1]", "for=b"], "a/- -/- b/-"],
    [['for=evil, for="open, for=real'], "-/-"],
    [['for="evil, for="[::1]:1"'], "-/-"],
    [["for=a;for=b"], "-/-"],
    [["for"], "-/-"],
    [["for=a b"], "-/-"],
    [["for =a"], "-/-"],
    [["for=a:1"], "-/-"],
  ];
  for (const [lines, hops] of rows) {
    const headers = new HttpHeaders(lines.map((line) => ["Forwarded", line] as const));
    assertEquals(show(forwardedHops(headers)), hops, lines.join(" | "));
  }
});

Deno.test("xForwardedHops() joins the two lists from the right; one scheme counts for all hops", () => {
  const rows: [nodes: string[], schemes: string[], hops: string | undefined][] = [
    [[], [], undefined],
    [["a"], [], "a/-"],
    [["a, b", "c"], [], "a/- b/- c/-"],
    [["a,b"], ["HTTPS"], "a/https b/https"],
    [["a,b"], ["https, http"], "a/https b/http"],
    [["a,b,c"], ["https,http"], "a/- b/https c/http"],
    [["a"], ["http", "https"], "a/https"],
    [[], ["http, https"], "-/https"],
    [[" , "], [","], undefined],
  ];
  for (const [nodes, schemes, hops] of rows) {
    const headers = new HttpHeaders([
      ...nodes.map((value) => ["X-Forwarded-For", value] as const),
      ...schemes.map((value) => ["x-forwarded-proto", value] as const),
    ]);
    assertEquals(show(xForwardedHops(headers)), hops, `${nodes} ${schemes}`);
  }
});
