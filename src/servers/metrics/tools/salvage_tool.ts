import type { Tool } from "../../../program/tool.ts";
import { resolveDataFile } from "../../../storage/database_file.ts";
import { readSoundSeries } from "../durable/format/database_file.ts";
import { openDurableStore } from "../durable/durable_store.ts";
import { createSeed } from "../samples/key_table.ts";
import type { SeriesSet } from "../samples/series_set.ts";
import type { MetricStore } from "../store.ts";
import { describeContent, fileArgument, fileError, fileOf, refuseExisting } from "./file_arguments.ts";
import { createProgress } from "./progress.ts";

const PUTS_A_COMMIT = 100_000;

const FLAGS = {
  file: fileArgument("FILE", "damaged database file; it is left as it is"),
  out: fileArgument("OUT", "database file to make; it must not exist"),
};

/** `millrace metrics salvage FILE OUT`: makes a sound file from the sound part. */
export const salvageTool: Tool<typeof FLAGS> = {
  name: "salvage",
  summary: "make a sound database file of what is sound in a damaged one",
  examples: [{ line: "metrics salvage metrics.db saved.db", does: "copies every sample that can be read" }],
  flags: FLAGS,
  async run({ values, print, printError, isTerminal }): Promise<number> {
    const progress = createProgress({ isTerminal, printError });
    const path = await resolveDataFile(fileOf(values.file, "FILE"));
    const out = fileOf(values.out, "OUT");
    await refuseExisting(out);
    try {
      const { set, damage } = await readSoundSeries(
        path,
        createSeed(),
        (samples) => progress(() => `samples read: ${samples}`),
      );
      const store = await openDurableStore(out, { durability: "normal" });
      try {
        await copySamples(
          set,
          store,
          (copied) => progress(() => `${copied} of ${set.sampleCount} samples saved`),
        );
      } finally {
        await store.close();
      }
      print(`saved ${describeContent(set)}\n`);
      if (damage.isFound) print(`${damage.describe()}\n`);
      return 0;
    } catch (error) {
      throw fileError(error);
    }
  },
};

async function copySamples(
  set: SeriesSet,
  store: MetricStore,
  report: (copied: number) => void,
): Promise<void> {
  let copied = 0;
  for (let series = set.first; series !== undefined; series = series.next) {
    const { keyPage: bytes, keyStart, keyEnd } = series;
    for (const chunk of series.chunks) {
      for (let index = 0; index < chunk.length; index++) {
        const [timestamp, value] = [chunk.timestampAt(index), chunk.values[chunk.base + index]!];
        await store.put({ bytes, keyStart, keyEnd, timestamp, value });
        if (++copied % PUTS_A_COMMIT !== 0) continue;
        await store.commit();
        report(copied);
      }
    }
  }
  await store.commit();
}
