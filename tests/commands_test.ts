import { assertEquals } from "@std/assert";
import { COMMANDS, DEFAULT_COMMAND } from "../src/commands.ts";
import { everyServer } from "./runtimes/every_server.ts";

const names = COMMANDS.map(({ name }) => name);

Deno.test("every folder of src/servers has its command in COMMANDS", async () => {
  const folders = await Array.fromAsync(Deno.readDir(new URL("../src/servers/", import.meta.url)));
  assertEquals(names.toSorted(), folders.map(({ name }) => name).toSorted());
});

Deno.test("every command has a row in everyServer(), so that it is started from the package and as a binary", () => {
  const started = everyServer("/folder").map(({ args }) => args[0] ?? DEFAULT_COMMAND.name);
  assertEquals([...new Set(started)].toSorted(), names.toSorted());
});
