import { assertEquals } from "@std/assert";
import { Typing } from "../../../../src/servers/trap/page/client/list/filter_bar.js";
import { within } from "../../../support/deadline.ts";

const NO_FILTERS = { text: "", method: "", path: "", errorsOnly: false, faultsOnly: false, bin: "" };

Deno.test("Typing keeps the text of all fields until the pause, and then narrows the list once", async () => {
  const narrowed = Promise.withResolvers<unknown>();
  const typing = new Typing(narrowed.resolve);
  typing.type({ text: "a" });
  typing.type({ text: "ap" });
  typing.type({ path: "/x" });
  const shown = (): string[] => [typing.textOf("text", NO_FILTERS), typing.textOf("path", NO_FILTERS)];
  assertEquals(shown(), ["ap", "/x"]);
  assertEquals(await within(narrowed.promise, "the pause"), { text: "ap", path: "/x" });
  assertEquals(shown(), ["", ""]);
});
