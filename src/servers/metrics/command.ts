import type { Command } from "../../program/command.ts";
import { METRICS_FLAGS } from "./flags.ts";
import { backupTool } from "./tools/backup_tool.ts";
import { checkTool } from "./tools/check_tool.ts";
import { copyTool } from "./tools/copy_tool.ts";
import { salvageTool } from "./tools/salvage_tool.ts";

/** `mod.ts metrics`: the metrics store with its line protocol over TCP. */
export const metricsCommand: Command<typeof METRICS_FLAGS> = {
  name: "metrics",
  summary: "metrics store, put and get over TCP",
  examples: [
    {
      line: "metrics --data metrics.db --retention 30d",
      does: "keeps the samples of a month across restarts",
    },
    { line: "metrics --graphite-port 2003", does: "takes what collectd, Telegraf and statsd send, too" },
    { line: "metrics --host :: --max-series 100000", does: "for other machines too, with a bound" },
  ],
  flags: METRICS_FLAGS,
  tools: [checkTool, salvageTool, backupTool, copyTool],
  async start(context) {
    const { startMetrics } = await import("./start.ts");
    return await startMetrics(context);
  },
};
