import type { Command } from "../../program/command.ts";
import { STATIC_FLAGS } from "./flags.ts";

/** `mod.ts static`: the static file server. */
export const staticCommand: Command<typeof STATIC_FLAGS> = {
  name: "static",
  summary: "static file server",
  examples: [
    { line: "static public", does: "the folder public on http://127.0.0.1:8080/" },
    {
      line: "static -r dist -w 4 --spa index.html --compress",
      does: "an application of one page, by four workers",
    },
  ],
  flags: STATIC_FLAGS,
  async start(context) {
    const { startStatic } = await import("./start.ts");
    return await startStatic(context);
  },
  async startWorker(init, send) {
    const { startStaticWorker } = await import("./worker.ts");
    return await startStaticWorker(init, send);
  },
};
