import type { Tool } from "../../../program/tool.ts";
import { resolveDataFile } from "../../../storage/database_file.ts";
import { StoreOpenError } from "../../../storage/store_open_error.ts";
import { readSoundSeries } from "../durable/format/database_file.ts";
import { createSeed } from "../samples/key_table.ts";
import { describeContent, fileArgument, fileOf } from "./file_arguments.ts";
import { createProgress } from "./progress.ts";

const FLAGS = { file: fileArgument("FILE", "database file to check; no server may have it open") };

const SOUND = 0;
const DAMAGED = 1;
const UNREADABLE = 2;

/** `millrace metrics check FILE`: 0 if it is sound, 1 if it is damaged, 2 if it cannot be read. */
export const checkTool: Tool<typeof FLAGS> = {
  name: "check",
  summary: "check whether a database file is sound",
  examples: [{ line: "metrics check metrics.db", does: "reads all of it, and says what is missing" }],
  flags: FLAGS,
  async run({ values, print, printError, isTerminal }): Promise<number> {
    const progress = createProgress({ isTerminal, printError });
    const path = await resolveDataFile(fileOf(values.file, "FILE"));
    try {
      const { set, damage } = await readSoundSeries(
        path,
        createSeed(),
        (samples) => progress(() => `samples read: ${samples}`),
      );
      const content = describeContent(set);
      print(
        damage.isFound ? `damaged: ${content} can be read; ${damage.describe()}\n` : `sound: ${content}\n`,
      );
      return damage.isFound ? DAMAGED : SOUND;
    } catch (error) {
      if (!(error instanceof StoreOpenError)) throw error;
      printError(error.message.replace(/^Cannot/, "cannot"));
      return error.code === "damaged" ? DAMAGED : UNREADABLE;
    }
  },
};
