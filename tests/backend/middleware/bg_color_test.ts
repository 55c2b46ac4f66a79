import { assertEquals, assertStrictEquals } from "@std/assert";
import { bgColor, themeOf } from "../../../src/backend/middleware/bg_color.ts";
import { textResponse } from "../../../src/http/response/response.ts";
import { fakeContext, fakeRequest } from "../../support/fake_request.ts";

const COOKIES: readonly (readonly [cookie: string | undefined, theme: string])[] = [
  [undefined, "white"],
  ["", "white"],
  ["bg_color=green", "green"],
  ["a=1; bg_color=green; b=2", "green"],
  ['bg_color="green"', "green"],
  ["bg_color=white", "white"],
  ["bg_color=Green", "white"],
  ["bg_color=red;color:green", "white"],
  ["BG_COLOR=green", "white"],
  ["xbg_color=green", "white"],
  ["bg_color=white; bg_color=green", "white"],
];

Deno.test("bgColor() notes the theme of the cookie for every document", () => {
  for (const [cookie, theme] of COOKIES) {
    const context = fakeContext();
    let inside = "";
    const handle = bgColor((_request, context) => {
      inside = themeOf(context);
      return textResponse(200, "");
    });
    handle(fakeRequest("GET /", cookie), context);
    assertEquals([inside, themeOf(context)], [theme, theme], cookie);
  }
});

Deno.test("bgColor() passes the response on as it is", () => {
  const response = textResponse(200, "same");
  assertStrictEquals(bgColor(() => response)(fakeRequest("GET /"), fakeContext()), response);
});

Deno.test("themeOf() is white if no theme was noted", () => {
  assertEquals(themeOf(fakeContext()), "white");
});
