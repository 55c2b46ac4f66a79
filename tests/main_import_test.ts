import { assertEquals } from "@std/assert";

// Names that programs outside this repository import.
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

Deno.test("a program of the library needs no permission but --allow-net", async () => {
  const library = JSON.stringify(new URL("../mod.ts", import.meta.url).href);
  const script = `import { connect, listen, runServer, serve, textResponse } from ${library};
    const own = await serve({ port: 0, fetch: () => new Response("web") }).ready;
    const listener = await listen({ port: 0 });
    const server = serve(listener, () => textResponse(200, "own"));
    const ask = async ({ address }) => await (await fetch("http://127.0.0.1:" + address.port)).text();
    (await connect({ hostname: "127.0.0.1", port: listener.address.port })).close();
    const metrics = await runServer("127.0.0.1", 0);
    await metrics.close();
    console.log(await ask(own), await ask(listener));
    await own.shutdown();
    await server.shutdown();`;
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/program.ts`, script);
    const config = new URL("../deno.json", import.meta.url).pathname;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--no-prompt",
        "--allow-net",
        `--config=${config}`,
        `${directory}/program.ts`,
      ],
    }).output();
    const decoder = new TextDecoder();
    assertEquals(
      { code, stdout: decoder.decode(stdout) },
      { code: 0, stdout: "web own\n" },
      decoder.decode(stderr),
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
