// Makes a single binary that has Deno inside: `deno task compile`, with the path of the binary as argument if
// it is not dist/millrace. Deno downloads its own part of it.

import { DENO, run } from "./run.ts";
import { binaryPath, withBundle } from "./with_bundle.ts";

// The binary has the permissions of this command line, and cannot get others.
const SETTINGS = [
  "--quiet",
  "--no-config",
  "--unstable-net",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
];

// The bundle and not the source, because it includes the packages that are imported late, for password files
// and --store.
async function compile(output: string): Promise<void> {
  await withBundle(async (directory) => {
    await run([DENO, "compile", ...SETTINGS, "--output", output, "millrace.js"], directory);
  });
}

if (import.meta.main) await compile(binaryPath(Deno.args));
