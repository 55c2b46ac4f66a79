// deno-lint-ignore-file no-console -- a program: its observations go to stdout
// Sends responses whose content was used before, and sends each of them again.

import { serve } from "../../mod.ts";

// Each runtime keeps a plain text in another way than one with fields of its own.
const KINDS: Readonly<Record<string, () => Response>> = {
  "a plain text": () => new Response("text"),
  "a text with fields": () => new Response("text", { headers: { "x-a": "1" } }),
  bytes: () => new Response(new TextEncoder().encode("text")),
};

const USES: Readonly<Record<string, (response: Response) => unknown>> = {
  unused: () => {},
  read: (response) => response.text(),
  locked: (response) => response.body!.getReader(),
  cancelled: (response) => response.body!.cancel(),
  "looked at": (response) => response.headers.has("x-a") && response.body!.locked,
  cloned: (response) => response.clone().text(),
};

let response = new Response();
const server = serve({ port: 0, onError: () => {}, fetch: () => response });
await server.ready;
const { address } = server;
const url = `http://127.0.0.1:${address.transport === "tcp" ? address.port : ""}/`;

/** Asks for the response. @returns its content, or its status if that is not 200 */
async function ask(): Promise<string> {
  const received = await fetch(url);
  const text = await received.text();
  return received.ok ? text : String(received.status);
}

const seen: Record<string, string> = {};
for (const [kind, make] of Object.entries(KINDS)) {
  for (const [use, apply] of Object.entries(USES)) {
    response = make();
    await apply(response);
    const first = await ask();
    const isUsed = response.bodyUsed || response.body?.locked === true;
    seen[`${kind}, ${use}`] = `${first}, then ${isUsed ? "used" : "unused"}, then ${await ask()}`;
  }
}
await server.shutdown();
console.log(JSON.stringify(seen));
