// Compares the requests that a handler gets with those of the runtime. A program: it prints the differences, and the
// number of comparisons.

import { listen, serve } from "../../../mod.ts";
import { outcome } from "./outcome.ts";
import { nativeRequest, SENT, USES } from "./request_cases.ts";

/**
 * The differences between requests of ours and native ones, one a line, and the number of comparisons.
 *
 * @param isOverriding whether to install the globals of `overrideGlobals` first; they stay for the rest of the program
 */
export async function compareRequests(
  { isOverriding }: { readonly isOverriding: boolean },
): Promise<{ readonly differences: string[]; readonly count: number }> {
  const differences: string[] = [];
  let count = 0;
  const server = serve(await listen({ port: 0 }), {
    async fetch(request) {
      const { method, headers } = request;
      const name = headers.get("case");
      // Some uses fetch the request.
      if (name === null) {
        return new Response([method, headers.get("x-a"), headers.get("x-b"), await request.text()].join());
      }
      const [use, sent] = name.split("/") as [string, string];
      headers.delete("case");
      const ours = JSON.stringify(await outcome(() => USES[use]!(request)));
      const native = nativeRequest(new URL(request.url).origin, SENT[sent]!);
      const due = JSON.stringify(await outcome(() => USES[use]!(native)));
      count++;
      if (ours !== due) differences.push(`${use}/${sent}: expected ${due}, got ${ours}`);
      return new Response();
    },
  }, { overrideGlobals: isOverriding });
  const origin = `http://127.0.0.1:${server.address.port}`;
  for (const use of Object.keys(USES)) {
    for (const [name, sent] of Object.entries(SENT)) {
      const request = nativeRequest(origin, sent);
      request.headers.set("case", `${use}/${name}`);
      await (await fetch(request)).arrayBuffer();
    }
  }
  await server.shutdown();
  return { differences, count };
}
