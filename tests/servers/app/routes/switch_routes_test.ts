import { assertEquals, assertStringIncludes } from "@std/assert";
import { createClientSwitches } from "../../../../src/backend/client_switches.ts";
import type { HttpResponse } from "../../../../src/http/response/response.ts";
import { createApp } from "../../../../src/servers/app/create_app.ts";
import { fakeContext, fakeRequest } from "../../../support/fake_request.ts";

const SWITCHES: readonly (readonly [line: string, title: string, logForm: string, showsErrors: boolean])[] = [
  ["POST /short_log/1", "Access log: short", "short", false],
  ["POST /show_errors/1", "Error display: on", "short", true],
  ["POST /short_log/0", "Access log: full", "full", true],
  ["GET /showerrors/0", "Error display: off", "full", false],
  ["GET /showerrors/1", "Error display: on", "full", true],
  ["GET /showerrors/1", "Error display: on", "full", true],
  ["POST /show_errors/0", "Error display: off", "full", false],
];

Deno.test("createSwitchHandlers() each set one switch and show the new state", () => {
  const switches = createClientSwitches();
  const app = createApp({ switches });
  for (const [line, title, logForm, showsErrors] of SWITCHES) {
    const response = app.handle(fakeRequest(line), fakeContext()) as HttpResponse;
    assertEquals(response.status, 200, line);
    assertStringIncludes(String(response.body), `<h1>${title}</h1>`, line);
    assertEquals(switches.stateOf(fakeContext()), { logForm, showsErrors }, line);
  }
});
