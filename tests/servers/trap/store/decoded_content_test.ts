import { gzipSync } from "node:zlib";
import { assertEquals } from "@std/assert";
import { decodedForms, DecodingBudget } from "../../../../src/servers/trap/store/decoded_content.ts";
import { textOf } from "../../../support/latin1.ts";
import { storedRequest } from "../stored_requests.ts";

const GZIP = { headers: [["Content-Encoding", "gzip"]] as const };

Deno.test("decodedForms() gives target and content without codings and escapes", () => {
  const forms = (content: string, target = "/api"): string[] =>
    Array.from(decodedForms(storedRequest("1", content, { target }), new DecodingBudget()), textOf);
  assertEquals(forms("plain"), []);
  assertEquals(forms("", "/a%20b"), ["/a b"]);
  assertEquals(forms("a=b+c%21"), ["a=b c!"]);
  assertEquals(forms('"\\u00fc\\n\\/"'), ['"\xc3\xbc\n/"']);
  const request = storedRequest("1", textOf(gzipSync("inside")), GZIP);
  assertEquals(Array.from(decodedForms(request, new DecodingBudget()), textOf), ["inside"]);
});

Deno.test("DecodingBudget bounds what one search decodes, whatever the requests hold", () => {
  const bomb = storedRequest("1", textOf(gzipSync(new Uint8Array(8_388_608))), GZIP);
  const budget = new DecodingBudget();
  let decoded = 0;
  for (let i = 0; i < 40; i++) decoded += [...decodedForms(bomb, budget)].length;
  assertEquals([decoded, budget.limit], [16, 0]);
});
