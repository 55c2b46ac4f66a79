import { pin } from "../machine.ts";
import type { GeneratorSetting, Load, LoadGenerator, LoadResult } from "./generator.ts";

// wrk's text for people rounds, so the output of `done` is read instead.
const REPORT_SCRIPT = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"failures":%d,"p50Us":%.1f,"p99Us":%.1f}\\n',
    summary.requests, summary.duration / 1e6,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
`;

// wrk counts how many requests one string holds, and waits for as many responses.
const PIPELINE_SCRIPT = (depth: number): string => `
init = function(args)
  batch = string.rep(wrk.format("GET"), ${depth})
end
request = function() return batch end
`;

const UPLOAD_SCRIPT = (bytes: number): string => `
wrk.method = "POST"
wrk.body = string.rep("a", ${bytes})
`;

/** Load by wrk, one thread, through a Lua script in the folder. */
export function createWrk(setting: GeneratorSetting): LoadGenerator {
  return {
    name: "wrk",
    run: async (load: Load): Promise<LoadResult> => {
      const { code, stdout, stderr } = await setting.processes.run(pin(setting.machine, 1, [
        "wrk",
        "--threads=1",
        `--connections=${load.connections}`,
        `--duration=${load.seconds}s`,
        `--script=${await writeScript(setting.folder, load)}`,
        load.url,
      ]));
      const result = /^RESULT (.+)$/m.exec(stdout)?.[1];
      if (result === undefined) throw new Error(`Cannot run wrk: code ${code}, ${(stderr || stdout).trim()}`);
      return JSON.parse(result);
    },
  };
}

async function writeScript(folder: string, { pipelined, uploadBytes }: Load): Promise<string> {
  const path = `${folder}/load_${pipelined}_${uploadBytes ?? "get"}.lua`;
  const upload = uploadBytes === undefined ? "" : UPLOAD_SCRIPT(uploadBytes);
  await Deno.writeTextFile(path, REPORT_SCRIPT + upload + (pipelined > 1 ? PIPELINE_SCRIPT(pipelined) : ""));
  return path;
}
