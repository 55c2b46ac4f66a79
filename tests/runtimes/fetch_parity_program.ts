// deno-lint-ignore-file no-console -- a program: differences go to stdout
import { FastResponse } from "../../mod.ts";
import { outcome } from "../backend/fetch/outcome.ts";
import { compareRequests } from "../backend/fetch/request_parity.ts";
import { describe, RESPONSES } from "../backend/fetch/response/response_cases.ts";

const NativeResponse = Response;
// Bun shows no type on a response of text, and adds the charset to that of JSON.
const isTypeShown = new Response("text").headers.has("content-type");
const TEXT_TYPES = /\["content-type","(?:text\/plain|application\/json)[^"]*"\],?/g;

/** The differences between fast responses and native ones, one a line. */
async function compareResponses(): Promise<string[]> {
  const differences: string[] = [];
  for (const [what, make] of Object.entries(RESPONSES)) {
    const [ours, due] = await Promise.all(
      [FastResponse as unknown as typeof Response, NativeResponse].map(async (Class) => {
        const seen = JSON.stringify(await outcome(async () => await describe(await make(Class))));
        return isTypeShown ? seen : seen.replaceAll(TEXT_TYPES, "");
      }),
    );
    if (ours !== due) differences.push(`${what}: expected ${due}, got ${ours}`);
  }
  return differences;
}

const plain = await compareRequests({ isOverriding: false });
const responses = await compareResponses();
const overriding = await compareRequests({ isOverriding: true });
const made = new Response("text", { headers: { "x-a": "1" } });
const isReplaced = Response !== NativeResponse && made.constructor === Response &&
  made instanceof NativeResponse;
const fetched = await fetch("data:text/plain,hello");
console.log(
  JSON.stringify({ plain, overriding, responses, isReplaced, isInstance: fetched instanceof Response }),
);
