import { pin } from "../machine.ts";
import type { GeneratorSetting, Load, LoadGenerator, LoadResult } from "./generator.ts";

const PROGRAM = new URL("./builtin_load.ts", import.meta.url).pathname;

/** Load by a small program of ours on raw TCP, in a process of its own so that it can be tied to a core. */
export function createBuiltin(setting: GeneratorSetting): LoadGenerator {
  return {
    name: "the built-in generator",
    run: async (load: Load): Promise<LoadResult> => {
      if (load.uploadBytes !== undefined) throw new RangeError("no uploads without wrk");
      const program = [Deno.execPath(), "run", "--quiet", "--allow-net", PROGRAM];
      const figures = [load.connections, load.pipelined, load.seconds].map(String);
      const command = pin(setting.machine, 1, [...program, load.url, ...figures]);
      const { code, stdout, stderr } = await setting.processes.run(command);
      if (code !== 0) throw new Error(`Cannot run the built-in generator: code ${code}, ${stderr.trim()}`);
      return JSON.parse(stdout);
    },
  };
}
