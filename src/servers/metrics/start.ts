import { type RunningCommand, storeError } from "../../program/command.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import { openSharedStore } from "./cluster/shared_store.ts";
import { openStore } from "./run_server.ts";
import { logTo, type MetricsContext, serveMetrics } from "./serve_metrics.ts";
import type { MetricStore } from "./store.ts";

/** Opens the store and the ports, and serves. @throws {UsageError | StartError} when it cannot start */
export async function startMetrics(context: MetricsContext): Promise<RunningCommand> {
  const { store, isReady } = await openMetricsStore(context);
  try {
    const running = await serveMetrics(context, store);
    return { ...running, isReady };
  } catch (error) {
    await store.close();
    throw error;
  }
}

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
    // A read-only store is ready too: it serves gets of samples that no other server has.
    return { store, isReady: () => true };
  } catch (error) {
    throw error instanceof StoreOpenError ? storeError("--data", error) : error;
  }
}
