import { assertEquals } from "@std/assert";

// What programs outside this repository import by name.
const NAMES = [
  "listen",
  "serve",
  "HttpTokenizer",
  "HttpTokenStream",
  "LineDecoder",
  "processRequest",
  "run",
  "processResponse",
  "HttpError",
  "runServer",
  "MetricsClient",
  "main",
];

Deno.test("mod.ts exports the names of the contract, and importing it starts nothing", async () => {
  // In a process of its own: a server, a timer or a signal listener would keep it from ending.
  const script = `import * as library from ${JSON.stringify(new URL("../mod.ts", import.meta.url).href)};
    console.log(Object.keys(library).join());`;
  const config = new URL("../deno.json", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `--config=${config}`, script],
  }).output();
  const names = new TextDecoder().decode(stdout).trim().split(",");
  assertEquals(
    [code, NAMES.filter((name) => !names.includes(name))],
    [0, []],
    new TextDecoder().decode(stderr),
  );
});
