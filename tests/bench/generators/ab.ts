import { pin } from "../machine.ts";
import type { GeneratorSetting, Load, LoadGenerator, LoadResult } from "./generator.ts";

// -t alone would stop after 50,000 requests.
const MANY_REQUESTS = "100000000";

/** Load by ab: HTTP/1.0 with keep-alive, one request at a time. */
export function createAb(setting: GeneratorSetting): LoadGenerator {
  return {
    name: "ab",
    run: async (load: Load): Promise<LoadResult> => {
      if (load.uploadBytes !== undefined) throw new RangeError("ab sends no uploads here: wrk does");
      const { code, stdout, stderr } = await setting.processes.run(pin(setting.machine, 1, [
        "ab",
        "-q",
        "-k",
        ...["-c", String(load.connections)],
        ...["-t", String(load.seconds)],
        ...["-n", MANY_REQUESTS],
        load.url,
      ]));
      if (code !== 0) throw new Error(`Cannot run ab: code ${code}, ${stderr.trim()}`);
      return {
        requests: readFigure(stdout, "Complete requests"),
        seconds: readFigure(stdout, "Time taken for tests"),
        failures: readFigure(stdout, "Failed requests") + readFigure(stdout, "Non-2xx responses", 0),
      };
    },
  };
}

function readFigure(report: string, name: string, fallback?: number): number {
  const match = new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(report);
  const figure = match === null ? fallback : Number(match[1]);
  if (figure === undefined) throw new Error(`Cannot read the report of ab: no line "${name}"`);
  return figure;
}
