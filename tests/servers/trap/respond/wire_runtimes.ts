/** A runtime that has fetch. */
export interface FetchRuntime {
  /** Its name and version. */
  readonly name: string;
  /** The program. */
  readonly command: string;
  /** The arguments before the file. */
  readonly args: readonly string[];
}

/** The installed runtimes: NODE20, NODE24 and BUN name others than those on the path. */
export async function findRuntimes(): Promise<readonly FetchRuntime[]> {
  const candidates = [
    { name: "Node", command: Deno.env.get("NODE20") ?? "node", args: [] },
    { name: "Node", command: Deno.env.get("NODE24") ?? "node24", args: [] },
    { name: "Deno", command: Deno.execPath(), args: ["run", "--quiet", "--allow-net"] },
    { name: "Bun", command: Deno.env.get("BUN") ?? "bun", args: [] },
  ];
  const found: FetchRuntime[] = [];
  for (const { name, command, args } of candidates) {
    const output = await new Deno.Command(command, { args: ["--version"] }).output().catch(() => undefined);
    const version = /\d+\.\d+/.exec(new TextDecoder().decode(output?.stdout))?.[0];
    if (output?.success === true && version !== undefined) {
      found.push({ name: `${name} ${version}`, command, args });
    }
  }
  return found;
}
