import { assertEquals } from "@std/assert";
import { overrideFields, withFields } from "../../src/http/override_fields.ts";

Deno.test("overrideFields() keeps the overriding lines, and joins the values of Vary (RFC 9110 §12.5.5)", () => {
  const lower = [["Vary", "Accept"], ["Link", "<a>"], ["X", "1"]] as const;
  const upper = [["link", "<b>"], ["Link", "<c>"], ["VARY", "Origin"]] as const;
  const expected = [["Vary", "Accept"], ["X", "1"], ...upper];
  assertEquals([...overrideFields(lower, upper)], expected);
  assertEquals([...withFields(lower, upper)], expected);
  assertEquals([...overrideFields(lower, [])], [...lower]);
});
