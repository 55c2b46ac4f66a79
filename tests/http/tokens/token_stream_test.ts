import { assertEquals } from "@std/assert";
import { HttpTokenStream } from "../../../src/http/tokens/token_stream.ts";
import { bytesOf } from "../../support/latin1.ts";

/** The kinds of the tokens of a connection that sends these texts. */
async function kindsOf(...texts: readonly string[]): Promise<string[]> {
  const tokens = ReadableStream.from(texts.map(bytesOf)).pipeThrough(new HttpTokenStream({ maxFields: 1 }));
  const kinds: string[] = [];
  for await (const token of tokens) kinds.push(token.kind === "error" ? token.error.code : token.kind);
  return kinds;
}

Deno.test("HttpTokenStream gives the tokens of the bytes that flow through it", async () => {
  const kinds = await kindsOf("POST / HT", "TP/1.0\r\nContent-Length: 2\r\n\r\nh", "i");
  assertEquals(kinds, ["request-line", "field", "head-end", "body", "body", "end"]);
});

Deno.test("HttpTokenStream ends with the fault, within its limits", async () => {
  assertEquals(await kindsOf("GET / HTTP/1.0\r\nA: b\r\nC: d\r\n", "\r\n"), [
    "request-line",
    "field",
    "head-too-large",
  ]);
});

Deno.test("HttpTokenStream reports that the connection was cut off", async () => {
  assertEquals(await kindsOf("GET / HTTP/1.0\r\n"), ["request-line", "incomplete"]);
});
