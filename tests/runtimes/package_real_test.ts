// The package that `deno task build` makes: packed, installed in an empty project without a network, imported and run.

import { assert, assertEquals, assertMatch } from "@std/assert";
import * as library from "../../mod.ts";
import { ROOT, runCommand, startCommand, withDirectory } from "../support/program.ts";
import { everyServer, type ServerRow } from "./every_server.ts";
import { askVersion, RUNTIMES } from "./runtimes.ts";

const PROGRAM = `import { listen, MetricsClient, runServer, serve } from "millrace";
import * as library from "millrace";
const listener = await listen({ hostname: "127.0.0.1", port: 0 });
const server = serve(listener, { fetch: (request) => new Response("hello, " + new URL(request.url).pathname) });
const response = await fetch("http://127.0.0.1:" + listener.address.port + "/path");
console.log(await response.text());
await server.shutdown();
const metrics = await runServer("127.0.0.1", 0);
const client = new MetricsClient("127.0.0.1", metrics.address.port);
await client.put("key", 0.5, { timestamp: 7 });
console.log(JSON.stringify([...await client.get("*")]));
client.close();
await metrics.close();
console.log(Object.keys(library).sort().join());
`;

const TYPED_PROGRAM = `import {
  createBackend, FastResponse, type Handler, HttpTokenizer, HttpTokenStream, LineDecoder, listen, MetricsClient, routes,
  runServer, serve, type Server, textResponse,
} from "millrace";

const upload: Handler = async (request, context) => {
  while (await request.body.read() !== null);
  return textResponse(200, \`\${request.headers.get("host") ?? ""} \${(context.remote.port ?? 0).toFixed()}\`);
};
const server: Server = serve(await listen({ port: 0 }), createBackend([], routes([["POST", "/", upload]])));
const other = serve(await listen({ port: 0 }), { fetch: (request) => new Response(request.body) }, { graceMs: 1 });
const fast = serve({ port: 0, fetch: (_request, { remote }) => new FastResponse("hello " + remote.hostname) });
const port: number = (await fast.ready).address.port;
new FastResponse(null, { status: 404 }).clone().status.toFixed(port);
for (const token of new HttpTokenizer().push(new Uint8Array(0))) {
  if (token.kind === "field") token.name.toUpperCase();
}
new ReadableStream<Uint8Array<ArrayBuffer>>().pipeThrough(new HttpTokenStream());
new LineDecoder();
const metrics = await runServer("127.0.0.1", 0);
const rows = await new MetricsClient("127.0.0.1", metrics.address.port).get("*");
rows.get("key")?.[0]?.[1].toFixed();
// @ts-expect-error There is no such option.
serve(await listen({ port: 0 }), upload, { nonsense: 1 });
await Promise.all([server.shutdown(), other.shutdown(), fast.shutdown(), metrics.close()]);
`;

async function run(command: string, args: readonly string[], directory: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(
    new Deno.Command(command, { args: [...args], cwd: directory, stdin: "null", env: { NO_COLOR: "1" } }),
  );
  assertEquals(code, 0, `${command} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

/** Builds the package into `dist`, and installs the package that npm packs into `project`; removes both in the end. */
async function withPackage(test: (directory: string) => Promise<void>): Promise<void> {
  await withDirectory(async (directory) => {
    const project = `${directory}/project`;
    await run(Deno.execPath(), ["run", "--allow-all", "build/build.ts", `${directory}/dist`], ROOT);
    const packed = await run("npm", ["pack", "--silent", "./dist"], directory);
    await Deno.mkdir(project);
    await Deno.writeTextFile(`${project}/package.json`, '{"private":true,"type":"module"}');
    const quiet = ["--offline", "--no-audit", "--no-fund", "--cache", `${directory}/cache`];
    await run("npm", ["install", ...quiet, `../${packed.trim()}`], project);
    await test(directory);
  });
}

/** Starts a server with any words in front of its own, sends it a request, and ends it together with its starter. */
async function checkStart(words: readonly string[], row: ServerRow, directory: string): Promise<void> {
  const [command, ...args] = [...words, ...row.args];
  const program = await startCommand(
    new Deno.Command(command!, {
      args: [...args, "--port", "0", "--access-log", "off", "--error-log", "off"],
      cwd: directory,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // npx does not pass signals on, so the whole process group gets the signal.
      detached: true,
    }),
  );
  try {
    await row.check(program);
  } finally {
    Deno.kill(-program.pid, "SIGTERM");
    await program.ended;
  }
}

/** Every way to start the package, as words and directory: built into `dist`, or installed in `project`. */
function waysToStart(directory: string): [words: string[], directory: string][] {
  const project = `${directory}/project`;
  return [
    [["npx", "--offline", "millrace"], project],
    [["npx", "--offline", "./dist"], directory],
    [["node_modules/.bin/millrace"], project],
    ...RUNTIMES.flatMap(({ name, binary }): [string[], string][] => {
      if (binary === undefined) return [];
      const runtime = name === "Deno" ? [binary, "run", "--unstable-net", "--allow-all"] : [binary];
      return [[[...runtime, "dist/millrace.js"], directory], [
        [...runtime, "node_modules/.bin/millrace"],
        project,
      ]];
    }),
  ];
}

async function checkTypes(moduleResolution: string, module: string, project: string): Promise<void> {
  const settings = {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      target: "es2022",
      noEmit: true,
      module,
      moduleResolution,
    },
    files: ["program.ts"],
  };
  await Deno.writeTextFile(`${project}/program.ts`, TYPED_PROGRAM);
  await Deno.writeTextFile(`${project}/tsconfig.json`, JSON.stringify(settings));
  const { imports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const config = `--config=${ROOT}deno.json`;
  await run(Deno.execPath(), ["run", "--allow-all", config, `${imports.typescript}/tsc`], project);
}

Deno.test("the package that `deno task build` makes", async (t) => {
  if (askVersion("npm") === "") return console.log("skipped: the npm command is not installed");
  await withPackage(async (directory) => {
    const project = `${directory}/project`;
    await Deno.writeTextFile(`${project}/program.mjs`, PROGRAM);
    const names = Object.keys(library).sort().join();
    for (const { name, binary, hint } of RUNTIMES) {
      await t.step({
        name: `is imported and starts nothing, on ${name}${binary === undefined ? `: skipped, ${hint}` : ""}`,
        ignore: binary === undefined,
        fn: async () => {
          const args = name === "Deno" ? ["run", "--allow-net", "program.mjs"] : ["program.mjs"];
          assertEquals(await run(binary!, args, project), `hello, /path\n[["key",[[7,0.5]]]]\n${names}\n`);
        },
      });
    }
    const rows = everyServer(`${ROOT}docroot`);
    for (const [index, [words, place]] of waysToStart(directory).entries()) {
      const row = rows[index % rows.length]!;
      const title = [...words, ...row.args].map((word) => word.replace(/^\/.*\//, "")).join(" ");
      await t.step(`starts as ${title}`, () => checkStart(words, row, place));
    }
    await t.step("runs one worker and says so on Deno without --unstable-net", async () => {
      const args = [
        "run",
        "--allow-all",
        "dist/millrace.js",
        "static",
        "-r",
        "dist",
        "-w",
        "2",
        "--port",
        "0",
      ];
      const program = await startCommand(
        new Deno.Command(Deno.execPath(), { args, cwd: directory, stdout: "piped", stderr: "piped" }),
      );
      await program.until("stdout", "one worker runs");
      assertEquals((await program.stop()).code, 0);
    });
    for (const [moduleResolution, module] of [["nodenext", "nodenext"], ["bundler", "esnext"]] as const) {
      await t.step(
        `has types, with moduleResolution ${moduleResolution}`,
        () => checkTypes(moduleResolution, module, project),
      );
    }
    await t.step("names the packages whose code it contains, and their licences", async () => {
      const notices = await Deno.readTextFile(`${project}/node_modules/millrace/THIRD_PARTY_LICENSES`);
      const code = await Deno.readTextFile(`${project}/node_modules/millrace/millrace.js`);
      const packages = new Set(
        Array.from(code.matchAll(/^ *\/\/ npm:(.+)@([^/]+)\//gm), ([, name]) => name!),
      );
      assert(packages.has("@logtape/logtape"));
      for (const name of packages) {
        assertMatch(notices, new RegExp(`^${name} \\d[^]*Permission is hereby granted`, "m"));
      }
    });
  });
});
