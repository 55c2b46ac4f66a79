import { assert, assertEquals } from "@std/assert";
import { ROOT, startCommand, withDirectory } from "../support/program.ts";

// The most that a first start may put on a disk, in blocks of the file system as `du` counts them.
const MAX_FETCHED_BYTES = 5 * 1_000_000;
const BLOCK_BYTES = 512;
const CANNOT_FETCH = /error sending request|lookup address|dns error|Could not find npm package/;

/** Each server with the packages that it needs. */
const SERVERS: readonly { readonly command: string; readonly packages: readonly string[] }[] = [
  { command: "app", packages: ["@logtape/logtape", "deno-std"] },
  { command: "static", packages: ["@logtape/logtape", "deno-std"] },
  {
    command: "trap",
    packages: ["@logtape/logtape", "deno-std", "htm", "preact", "xml-formatter", "xml-parser-xo"],
  },
  { command: "metrics", packages: ["@logtape/logtape", "deno-std", "htm", "preact", "uplot"] },
];

/** Starts a server like a user does, with a cache of its own, and stops it. */
async function startFrom(cache: string, command: string, ...flags: readonly string[]): Promise<void> {
  const program = await startCommand(
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        ...flags,
        "--allow-net",
        "--allow-read",
        "mod.ts",
        command,
        "--port",
        "0",
        "--access-log",
        "off",
      ],
      cwd: ROOT,
      env: { DENO_DIR: cache },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }),
  );
  await program.stop();
}

/** The packages of a cache: `NAME` or `@SCOPE/NAME`. */
function packagesOf(cache: string): string[] {
  const registries = [...Deno.readDirSync(`${cache}/npm`)].map(({ name }) => `${cache}/npm/${name}`);
  return registries.flatMap((registry) =>
    [...Deno.readDirSync(registry)].flatMap(({ name }) =>
      name.startsWith("@")
        ? [...Deno.readDirSync(`${registry}/${name}`)].map((scoped) => `${name}/${scoped.name}`)
        : [name]
    )
  ).sort();
}

function diskBytesOf(folder: string): number {
  return [...Deno.readDirSync(folder)].reduce((sum, { name, isDirectory }) => {
    const path = `${folder}/${name}`;
    const { blocks, size } = Deno.lstatSync(path);
    return sum + (blocks === null ? size : blocks * BLOCK_BYTES) + (isDirectory ? diskBytesOf(path) : 0);
  }, 0);
}

for (const { command, packages } of SERVERS) {
  Deno.test(`a first start of ${command} fetches only the packages that it needs, and the next one nothing`, async () => {
    await withDirectory(async (cache) => {
      try {
        await startFrom(cache, command);
      } catch (error) {
        if (error instanceof Error && CANNOT_FETCH.test(error.message)) {
          return console.log("skipped: the npm registry cannot be reached");
        }
        throw error;
      }
      assertEquals(packagesOf(cache), packages);
      const bytes = diskBytesOf(`${cache}/npm`);
      if (command === "app") assert(bytes <= MAX_FETCHED_BYTES, `${bytes} bytes of packages`);
      await startFrom(cache, command, "--cached-only");
    });
  });
}
