import { assertEquals } from "@std/assert";
import { callOf } from "../../../../src/servers/trap/page/client/dialogs/replay_call.js";
import { asRequest } from "../../../../src/servers/trap/page/client/list/tls_record.js";

Deno.test("asRequest() shows a failed handshake as a row like all others", () => {
  const shown = asRequest({
    kind: "tls",
    id: "1",
    receivedAt: "2026-01-31T12:00:00.000000Z",
    remote: "127.0.0.1:1",
    local: "127.0.0.1:2",
    reason: "wrong version",
    fault: "malformed",
  });
  assertEquals([shown.kind, shown.method, shown.target, shown.fault], [
    "request",
    "TLS",
    "wrong version",
    "malformed",
  ]);
  assertEquals(asRequest(shown), shown);
});

Deno.test("callOf() reads the form of a replay", () => {
  const form = (values: Readonly<Record<string, string>>): FormData => {
    const data = new FormData();
    for (const [name, value] of Object.entries(values)) data.set(name, value);
    return data;
  };
  assertEquals(callOf(form({ url: "http://a", exact: "on" })), { url: "http://a", exact: true });
  assertEquals(
    callOf(
      form({
        url: "http://a/",
        method: "PUT",
        path: "/x",
        headers: "A: b\nno colon\n C : d ",
        body: "1\r\n2",
      }),
    ),
    { url: "http://a/", method: "PUT", headers: [["A", "b"], ["C", "d"]], path: "/x", body: "1\n2" },
  );
  assertEquals(callOf(form({ url: "http://a/y", method: "GET", headers: "" })), {
    url: "http://a/y",
    method: "GET",
    headers: [],
  });
});
