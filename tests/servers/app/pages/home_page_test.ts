import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { createClientSwitches } from "../../../../src/backend/client_switches.ts";
import type { Backend } from "../../../../src/backend/handler.ts";
import type { HttpResponse } from "../../../../src/http/response/response.ts";
import { createApp } from "../../../../src/servers/app/create_app.ts";
import { fakeContext, fakeRequest } from "../../../support/fake_request.ts";

function newApp(): Backend {
  return createApp({ switches: createClientSwitches() });
}

function home(app: Backend, cookie?: string): string {
  return String((app.handle(fakeRequest("GET /", cookie), fakeContext()) as HttpResponse).body);
}

/** The text of the element with this id. */
function stateOf(page: string, id: string): string | undefined {
  return new RegExp(`<dd id="${id}">([^<]*)</dd>`).exec(page)?.[1];
}

Deno.test("createHomeHandler() shows the state of the client", () => {
  const app = newApp();
  const state = (cookie?: string): unknown[] =>
    ["log_form", "error_display", "background", "cookies"].map((id) => stateOf(home(app, cookie), id));
  assertEquals(state(), ["full", "off", "white", "none"]);
  app.handle(fakeRequest("POST /short_log/1"), fakeContext());
  app.handle(fakeRequest("GET /showerrors/1"), fakeContext());
  assertEquals(state("bg_color=green"), ["short", "on", "green", undefined]);
  app.handle(fakeRequest("POST /short_log/0"), fakeContext());
  app.handle(fakeRequest("GET /showerrors/0"), fakeContext());
  assertEquals(state(), ["full", "off", "white", "none"]);
});

Deno.test("createHomeHandler() shows every cookie it received, escaped, UTF-8 as text and other bytes as latin1", () => {
  const page = home(newApp(), 'a=1; a=2; <b>="<i>"; euro=\u00e2\u0082\u00ac; raw=\u00e4');
  for (const shown of ["a=1", "a=2", "&lt;b&gt;=&lt;i&gt;", "euro=\u20ac", "raw=\u00e4"]) {
    assertStringIncludes(page, `<code>${shown}</code>`);
  }
  assertFalse(page.includes("<i>"));
});

Deno.test("createHomeHandler() has a control for every other route, and none for anything else", () => {
  const page = home(newApp());
  for (
    const action of ["/div", "/set_cookie", "/short_log/1", "/show_errors/1", "/set_cookie/bg_color=green"]
  ) {
    assertStringIncludes(page, `action="${action}"`);
  }
  for (const action of ["/short_log/0", "/show_errors/0", "/showerrors/0", "/showerrors/1"]) {
    assertStringIncludes(page, `formaction="${action}"`);
  }
  const app = newApp();
  const controls = [...page.matchAll(/formmethod="(get|post)" formaction="([^"]+)"/g)];
  assert(controls.length > 10);
  for (const [, method, target] of controls) {
    const response = app.handle(
      fakeRequest(`${method!.toUpperCase()} ${target}`),
      fakeContext(),
    ) as HttpResponse;
    assert([200, 400, 405].includes(response.status), `${method} ${target}: ${response.status}`);
  }
});

Deno.test("createHomeHandler() has a label for every field", () => {
  const page = home(newApp());
  const ids = [...page.matchAll(/<input id="([^"]+)"/g)].map((match) => match[1]);
  assertEquals(ids, ["a", "b", "name", "value"]);
  for (const id of ids) assertStringIncludes(page, `<label for="${id}">`);
});
