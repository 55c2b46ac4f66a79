import { type Command, storeError } from "../../program/command.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import { copyTool } from "./tools/copy_tool.ts";
import { openSharedStore } from "./cluster/shared_store.ts";
import { METRICS_FLAGS } from "./flags.ts";
import { openStore } from "./run_server.ts";
import { logTo, type MetricsContext, startMetrics } from "./start_metrics.ts";
import type { MetricStore } from "./store.ts";
import { backupTool } from "./tools/backup_tool.ts";
import { checkTool } from "./tools/check_tool.ts";
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
    const { store, isReady } = await openMetricsStore(context);
    try {
      const running = await startMetrics(context, store);
      return { ...running, isReady };
    } catch (error) {
      await store.close();
      throw error;
    }
  },
};

async function openMetricsStore(
  context: MetricsContext,
): Promise<{ readonly store: MetricStore; readonly isReady: () => boolean }> {
  const { values, given } = context;
  const limits = {
    retentionSeconds: values.retention,
    maxFutureSeconds: values["max-future"],
    maxSeries: values["max-series"],
    maxSamples: values["max-samples"],
    onNotice: logTo(context, "error"),
  };
  const shared = await openSharedStore({
    ...limits,
    address: values.store,
    acknowledgement: values.ack,
    given,
    log: { error: logTo(context, "error") },
  });
  if (shared !== undefined) {
    return { store: shared.store, isReady: () => shared.health.current.isReady };
  }
  try {
    const store = await openStore({
      ...limits,
      dataFile: values.data,
      durability: values.durability,
    });
    return { store, isReady: () => true };
  } catch (error) {
    throw error instanceof StoreOpenError ? storeError("--data", error) : error;
  }
}
