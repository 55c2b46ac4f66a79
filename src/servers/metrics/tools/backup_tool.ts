import { copyFile, rename, stat, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { messageOfError } from "../../../base/error_text.ts";
import { StartError } from "../../../program/command.ts";
import type { Tool } from "../../../program/tool.ts";
import { resolveDataFile } from "../../../storage/database_file.ts";
import { readSoundSeries } from "../durable/format/database_file.ts";
import { StoreOpenError } from "../../../storage/store_open_error.ts";
import { openDurableStore } from "../durable/durable_store.ts";
import { createSeed } from "../samples/key_table.ts";
import { describeContent, fileArgument, fileError, fileOf, refuseExisting } from "./file_arguments.ts";
import { createProgress } from "./progress.ts";

// A server empties its log after 8 MiB. At full load that happens several times a second, and a copy may take
// longer.
const MAX_TRIES = 50;

const FLAGS = {
  file: fileArgument("FILE", "database file; a server may have it open"),
  out: fileArgument("OUT", "file to make; it must not exist"),
};

/** `millrace metrics backup FILE OUT`: copies a database while a server uses it. */
export const backupTool: Tool<typeof FLAGS> = {
  name: "backup",
  summary: "copy a database file, also while a server has it open",
  examples: [{
    line: "metrics backup metrics.db monday.db",
    does: "copies everything that is acknowledged by now",
  }],
  flags: FLAGS,
  async run({ values, print, printError, isTerminal }): Promise<number> {
    const progress = createProgress({ isTerminal, printError });
    const path = await resolveDataFile(fileOf(values.file, "FILE"));
    const out = fileOf(values.out, "OUT");
    await refuseExisting(out);
    const draft = `${resolve(out)}.${crypto.randomUUID()}`;
    try {
      for (let left = MAX_TRIES; !await copyAtRest(path, draft); left--) {
        if (left === 0) {
          throw new StartError(1, "cannot copy the database: it changes faster than it can be read");
        }
        progress(() => "the server has moved its log; again");
      }
      const { set, damage } = await readSoundSeries(
        draft,
        createSeed(),
        (samples) => progress(() => `copied; samples read again: ${samples}`),
      ).catch((error) => {
        throw renameInError(error, draft, path);
      });
      if (damage.isFound) {
        throw new StartError(1, `cannot back up: the database is damaged; ${damage.describe()}`);
      }
      const content = describeContent(set);
      // Once opened and closed, it is one file without a log.
      await (await openDurableStore(draft)).close();
      await rename(draft, out);
      print(`copied ${content}\n`);
      return 0;
    } catch (error) {
      throw fileError(error);
    } finally {
      for (const suffix of ["", "-wal", "-shm", "-acknowledged"]) {
        await unlink(`${draft}${suffix}`).catch(() => {});
      }
    }
  },
};

// The user knows the file, not its copy.
function renameInError(error: unknown, draft: string, path: string): unknown {
  if (!(error instanceof StoreOpenError)) return error;
  return new StoreOpenError(error.code, error.message.replaceAll(draft, path), { cause: error });
}

// The database file changes only when the log is emptied into it; in between, the log only grows. So the copy
// of both is whole if the file was the same before and after. Additions to the log meanwhile do no harm.
async function copyAtRest(path: string, draft: string): Promise<boolean> {
  const before = await describe(path);
  await copyFile(path, draft).catch(async (cause: unknown) => {
    const isThere = await stat(path).then(() => true, () => false);
    const reason = isThere
      ? `cannot copy it to ${JSON.stringify(dirname(draft))}: ${messageOfError(cause)}`
      : "there is no such file";
    throw new StartError(1, `cannot back up ${JSON.stringify(path)}: ${reason}`, { cause });
  });
  const hasLog = await stat(`${path}-wal`).then(() => true, () => false);
  if (hasLog) await copyFile(`${path}-wal`, `${draft}-wal`).catch(() => {});
  else await unlink(`${draft}-wal`).catch(() => {});
  return await describe(path) === before;
}

async function describe(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }));
  return `${mtimeMs} ${size}`;
}
