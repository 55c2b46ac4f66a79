// Makes a single binary that has Bun inside: `deno task compile:bun`, with the path of the binary as argument
// if it is not dist/millrace. The variable BUN can name the bun to use.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";
import { binaryPath, withBundle } from "./with_bundle.ts";

// For machines without bun.
const NPX_BUN = ["npx", "--yes", "bun@1.4.5"];
// Ignores files in the folder where the program is started.
const SETTINGS = ["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
// Inside the binary, a module has the binary's name, which does not tell that it is the program.
const START = `import { main } from "./millrace.js";\nmain();\n`;

async function compile(output: string): Promise<void> {
  await withBundle(async (directory) => {
    await writeFile(join(directory, "start.js"), START);
    const args = ["build", "--compile", ...SETTINGS, "--outfile", output, "start.js"];
    await run([Deno.env.get("BUN") ?? "bun", ...args], directory).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return run([...NPX_BUN, ...args], directory);
      throw error;
    });
  });
}

if (import.meta.main) await compile(binaryPath(Deno.args));
