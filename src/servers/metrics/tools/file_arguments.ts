import { counted } from "../../../base/counted.ts";
import { StartError } from "../../../program/command.ts";
import { type Flag, UsageError } from "../../../program/flags/flag.ts";
import { checkedFlag } from "../../../program/flags/flag_kinds.ts";
import { stat } from "node:fs/promises";
import type { SeriesSet } from "../samples/series_set.ts";
import { StoreOpenError } from "../../../storage/store_open_error.ts";

/** An argument that names a file, by its place. */
export function fileArgument(placeholder: string, help: string): Flag<string | undefined> {
  return checkedFlag<string, undefined>({
    placeholder,
    position: "only",
    help,
    default: undefined,
    expected: "the name of a file",
    parse: (text) => text === "" ? undefined : text,
  });
}

/** The file of an argument. @throws {UsageError} when it is missing */
export function fileOf(value: string | undefined, placeholder: string): string {
  if (value === undefined) throw new UsageError(`missing ${placeholder}: expected the name of a file`);
  return value;
}

/** Refuses to overwrite a file. @throws {StartError} when the file exists */
export async function refuseExisting(path: string): Promise<void> {
  if (await stat(path).then(() => true, () => false)) {
    throw new StartError(1, `bad value for OUT: ${JSON.stringify(path)} exists already`);
  }
}

/** The error for a failure with a file, as the program prints it; exit code 1. */
export function fileError(error: unknown): unknown {
  if (!(error instanceof StoreOpenError)) return error;
  return new StartError(1, error.message.replace(/^Cannot/, "cannot"), { cause: error });
}

/** The content of a database in words: `1 key, 20 samples`. */
export function describeContent({ seriesCount, sampleCount }: SeriesSet): string {
  return `${counted(seriesCount, "key")}, ${counted(sampleCount, "sample")}`;
}
