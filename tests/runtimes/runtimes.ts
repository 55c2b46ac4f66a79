// The runtimes that the program is tested on. The tests of a missing one are skipped, with a reason.

/** A runtime by the name that tests and tables give it. */
export type RuntimeName = "Deno" | "Node 20" | "Node 24" | "Bun";

/** The result of looking for a runtime. */
export interface Runtime {
  readonly name: RuntimeName;
  /** The program that starts it; undefined if it is not installed. */
  readonly binary: string | undefined;
  /** The way to have it found. */
  readonly hint: string;
}

// `deno task test` needs nothing but Deno; see tests/run.ts.
const isOwnRun = Deno.env.get("MILLRACE_TESTS") === "own";

/**
 * Registers a test on a runtime.
 *
 * @param skip why the runtime cannot pass it: then it is not run, and the output says so
 */
export function testOn(
  runtime: Runtime,
  name: string,
  body: (binary: string, context: Deno.TestContext) => Promise<void>,
  skip?: string,
): void {
  if (isOwnRun && runtime.name !== "Deno") return;
  const { binary } = runtime;
  const reason = binary === undefined ? runtime.hint : skip;
  Deno.test({
    name: `${name}, on ${runtime.name}${reason === undefined ? "" : `: skipped, ${reason}`}`,
    ignore: reason !== undefined,
    fn: (context) => body(binary!, context),
  });
}

interface Wanted {
  readonly name: RuntimeName;
  /** The environment variable that names its binary. */
  readonly variable: string;
  /** The other places to look for it. */
  readonly commands: readonly string[];
  /** The shape of its output with `--version`. */
  readonly version: RegExp;
}

const WANTED: readonly Wanted[] = [
  { name: "Node 20", variable: "NODE20", commands: ["node20", "node"], version: /^v20\./ },
  { name: "Node 24", variable: "NODE24", commands: ["node24", "node"], version: /^v24\./ },
  { name: "Bun", variable: "BUN", commands: ["bun"], version: /^1\./ },
];

/** All runtimes, installed or not; Deno is the one that runs the tests. */
export const RUNTIMES: readonly Runtime[] = [
  { name: "Deno", binary: Deno.execPath(), hint: "" },
  ...WANTED.map((wanted): Runtime => ({
    name: wanted.name,
    binary: findBinary(wanted),
    hint: `not installed, ${wanted.variable} can name its binary`,
  })),
];

function findBinary({ variable, commands, version }: Wanted): string | undefined {
  if (isOwnRun) return undefined;
  const named = Deno.env.get(variable);
  return [...named ? [named] : [], ...commands].find((command) => version.test(askVersion(command)));
}

/** The output of a command with `--version`; empty if it is not installed. */
export function askVersion(command: string): string {
  try {
    const { stdout } = new Deno.Command(command, { args: ["--version"], stderr: "null" }).outputSync();
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
