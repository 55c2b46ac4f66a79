import { within } from "./deadline.ts";

/** Reads a log file as soon as it holds this text; entries are written up to a second after the request. */
export async function readLogUntil(path: string, text: string | RegExp): Promise<string> {
  const watcher = Deno.watchFs(path);
  try {
    return await within(waitFor(path, text, watcher), `${text} in ${path}`);
  } finally {
    watcher.close();
  }
}

async function waitFor(path: string, text: string | RegExp, watcher: Deno.FsWatcher): Promise<string> {
  const before = await Deno.readTextFile(path);
  const isThere = (content: string): boolean =>
    typeof text === "string" ? content.includes(text) : text.test(content);
  if (isThere(before)) return before;
  for await (const _event of watcher) {
    const content = await Deno.readTextFile(path);
    if (isThere(content)) return content;
  }
  throw new Error(`no ${text} in ${path}`);
}

/** A text log without the entries that belong to no request: start, stop and the like. */
export function withoutLifeLines(log: string): string {
  return log.replaceAll(/^\S+ info - - - - - .*\n/gm, "");
}

/** The lines of a text log that begin an entry, not those that quote a request. */
export function entryLines(log: string): string[] {
  return log.split("\n").filter((line) => /^\d{4}-/.test(line));
}
