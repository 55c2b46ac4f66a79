import { gzipSync } from "node:zlib";
import { assertEquals } from "@std/assert";
import { RequestStore } from "../../../src/servers/trap/store/request_store.ts";
import { Tail } from "../../../src/servers/trap/tail.ts";
import { storedRequest } from "./stored_requests.ts";

function printed(request: ReturnType<typeof storedRequest>, isTerminal: boolean): string {
  let text = "";
  const store = new RequestStore({ maxRequests: 9, maxBytes: 1_000 });
  store.listen(new Tail({ print: (more) => text += more, isTerminal, awaitsResponses: false }));
  store.add(request);
  return text;
}

const ID = "2026-03-01T09:30:00.000001Z-00tst";
const TIME = "2026-03-01T09:30:00.000001Z";

Deno.test("--tail prints fields and content, in colour on a terminal", () => {
  const request = storedRequest(ID, "one\ntwo \x1b", { method: "POST" });
  assertEquals(printed(request, false), `${TIME} POST /api - ok\n  Host: a\n\n  one\n  two \\x1b\n\n`);
  assertEquals(
    printed(storedRequest(ID), true),
    `\x1b[2m${TIME}\x1b[0m \x1b[1mGET /api\x1b[0m - \x1b[32mok\x1b[0m\n  \x1b[2mHost:\x1b[0m a\n\n`,
  );
});

Deno.test("--tail names the fault with which a rule breaks the response", () => {
  const request = storedRequest(ID);
  request.setAnswer({ status: 200, headers: [], body: "", wire: "reset" });
  assertEquals(printed(request, false), `${TIME} GET /api 200 (reset) ok\n  Host: a\n\n`);
});

Deno.test("--tail decodes content, and counts bytes that are no text", () => {
  const headers = [["Content-Encoding", "gzip"]] as const;
  const head = `${TIME} GET /api - ok\n  Content-Encoding: gzip\n\n`;
  const gzip = String.fromCharCode(...gzipSync("plain"));
  assertEquals(printed(storedRequest(ID, gzip, { headers }), false), `${head}  plain\n\n`);
  const damaged = storedRequest(ID, "\xff\xff", { headers });
  assertEquals(printed(damaged, false), `${head}  (2 bytes that are no text)\n\n`);
});

Deno.test("--tail prints the fault, and the bytes if they have no head", () => {
  const malformed = { offset: 3, rule: "not-http: Cannot read the connection as HTTP" };
  const request = storedRequest(ID, "", {
    method: "",
    target: "",
    headers: [],
    headBytes: 0,
    end: "malformed",
    malformed,
  });
  assertEquals(
    printed(request, false),
    `${TIME} ? ? - malformed\n  ${malformed.rule}, at byte 3\n\n` +
      "  GET /api HTTP/1.1\\r\n  Host: a\\r\n  \\r\n  \n\n",
  );
});

Deno.test("--tail with --forward prints a request when its response begins, and at the latest when it goes", () => {
  let text = "";
  const store = new RequestStore({ maxRequests: 2, maxBytes: 1_000 });
  store.listen(new Tail({ print: (more) => text += more, isTerminal: false, awaitsResponses: true }));
  const slow = storedRequest(ID, "", { target: "/slow" });
  store.add(slow);
  assertEquals(text, "");
  slow.beginResponse(201);
  store.change(slow);
  store.change(slow);
  store.add(storedRequest(ID.replace("1Z", "2Z"), "", { target: "/hangs" }));
  store.add(storedRequest(ID.replace("1Z", "3Z"), "", { target: "/broken", end: "aborted" }));
  store.clear();
  assertEquals(text.match(/ \/\S+ \S+ \S+$/gm), [" /slow 201 ok", " /broken - aborted", " /hangs - ok"]);
});
