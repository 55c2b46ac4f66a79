import { stat } from "node:fs/promises";
import { StartError, storeError } from "../../../program/command.ts";
import { UsageError } from "../../../program/flags/flag.ts";
import { checkedFlag } from "../../../program/flags/flag_kinds.ts";
import type { Flag } from "../../../program/flags/flag.ts";
import type { Tool } from "../../../program/tool.ts";
import { parseStoreAddress } from "../../../storage/cluster/store_address.ts";
import { StoreOpenError } from "../../../storage/store_open_error.ts";
import type { MetricStore } from "../store.ts";
import { type CopyProgress, copySamples } from "./copy_samples.ts";
import { createProgress } from "./progress.ts";

const FLAGS = {
  from: placeFlag("FROM", "database file or redis:// address to copy from"),
  to: placeFlag("TO", "database file or redis:// address to copy to"),
};

/** `millrace metrics copy FROM TO`: moves samples between a database file and a shared store. */
export const copyTool: Tool<typeof FLAGS> = {
  name: "copy",
  summary: "copy what is missing from one store to another",
  examples: [
    { line: "metrics copy metrics.db redis://10.0.0.1:6379", does: "moves to a shared store; again goes on" },
    { line: "metrics copy redis://10.0.0.1:6379 metrics.db", does: "moves back" },
  ],
  flags: FLAGS,
  async run({ values, print, printError, isTerminal }): Promise<number> {
    if (values.from === undefined) {
      throw new UsageError("missing FROM: expected a database file or redis://...");
    }
    if (values.to === undefined) throw new UsageError("missing TO: expected a database file or redis://...");
    const from = await openPlace(values.from, "FROM");
    try {
      const to = await openPlace(values.to, "TO");
      try {
        const progress = createProgress({ isTerminal, printError });
        const done = await copySamples(from, to, (state) => progress(() => describe(state)));
        print(`${describe(done)}\n`);
        return 0;
      } finally {
        await to.close();
      }
    } catch (error) {
      if (error instanceof StartError || !(error instanceof Error)) throw error;
      throw new StartError(1, error.message.replace(/^Cannot/, "cannot"), { cause: error });
    } finally {
      await from.close();
    }
  },
};

function placeFlag(placeholder: string, help: string): Flag<string | undefined> {
  return checkedFlag<string, undefined>({
    placeholder,
    position: "only",
    // An address may hold a password.
    isSecret: true,
    help,
    default: undefined,
    expected: "a database file or redis://...",
    parse: (text) => text === "" ? undefined : text,
  });
}

function describe({ keys, allKeys, samples, copied }: CopyProgress): string {
  return `${keys} of ${allKeys} keys, ${samples} samples, ${copied} of them copied`;
}

async function openPlace(place: string, name: "FROM" | "TO"): Promise<MetricStore> {
  try {
    if (!/^rediss?:/.test(place)) return await openFile(place, name);
    const address = parseStoreAddress(place);
    if (address === undefined) throw new UsageError(`bad value for ${name}: expected redis://host:port...`);
    const { openClusterStore } = await import("../cluster/open_cluster_store.ts");
    return (await openClusterStore(address)).store;
  } catch (error) {
    throw error instanceof StoreOpenError ? storeError(name, error) : error;
  }
}

// A misspelt name must not become a new, empty database.
async function openFile(path: string, name: "FROM" | "TO"): Promise<MetricStore> {
  const isThere = name === "TO" || await stat(path).then(() => true, () => false);
  if (!isThere) throw new UsageError(`bad value for FROM: there is no file "${path}"`);
  const { openDurableStore } = await import("../durable/durable_store.ts");
  return await openDurableStore(path);
}
