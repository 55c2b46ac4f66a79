// How often folders are looked at: a look at 10,000 entries takes 25 ms (Deno 2.9.6), a look at the folder itself 3 µs.

import { KnownNames } from "./known_names.ts";
import type { FolderEntries } from "./entry_columns.ts";
import { type EntryReaderParts, type ListedFolder, type NamedFolder, readEntries } from "./folder_entries.ts";
import { type FolderState, stateOf } from "./folder_state.ts";
import { RecentlyUsed } from "./recently_used.ts";

/** A look at all entries of a folder that has not ended yet. */
interface RunningLook {
  /** The state of the folder before; undefined if a change after it may not show. */
  readonly state: string | undefined;
  readonly entries: Promise<FolderEntries>;
}

/** The last look at a folder. */
interface PastLook {
  /** The state of the folder before; undefined if a change after it may not show. */
  readonly state: string | undefined;
  readonly entries: FolderEntries;
  /** When all entries were looked at; those with new names may have been looked at later. */
  readonly lookedAt: TimeSpan;
}

/** In milliseconds since 1970. */
interface TimeSpan {
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

// A changed file shows within this time, as files in memory do.
const FRESH_MS = 1_000;
// Times of Linux tick every 1 to 10 ms: a folder that has just changed can change again unnoticed.
const SETTLED_MS = 50;
// Some 3 MB, beside the names themselves.
const MAX_ENTRIES = 131_072;
// A folder itself takes as much room as this many entries.
const FOLDER_ENTRIES = 16;

/** Parts of {@linkcode FolderLooks}. */
export type FolderLooksParts = Omit<EntryReaderParts, "names">;

/**
 * Looks at the entries of folders. Names that come, go or change show at once, size and time of a name that stays within
 * a second. However many clients ask for a folder at once, it is looked at once.
 */
export class FolderLooks {
  readonly #parts: EntryReaderParts;
  readonly #names: KnownNames;
  readonly #running = new Map<string, RunningLook>();
  readonly #past = new RecentlyUsed<PastLook>(MAX_ENTRIES);

  /** Takes the parts, without looking at anything yet. */
  constructor(parts: FolderLooksParts) {
    this.#names = new KnownNames(parts);
    this.#parts = { ...parts, names: this.#names };
  }

  /**
   * The entries of a folder: the same object as before if nothing has changed.
   *
   * @throws {HttpError} 403, 404 or 503 when it cannot be read
   */
  async read(folder: ListedFolder): Promise<FolderEntries> {
    const { path, nowMs } = folder;
    const state = await stateOf(path, this.#parts.pace);
    const settled = settledText(state, nowMs);
    const past = this.#past.get(path);
    if (past !== undefined && isSame(past.state, settled) && isFresh(past.lookedAt, nowMs)) {
      return past.entries;
    }
    let running = this.#running.get(path);
    if (running !== undefined && !isSame(running.state, settled)) {
      // It may have read the names before they changed. Everyone who waits for its end shares the next look.
      await running.entries.catch(() => {});
      running = this.#running.get(path);
    }
    return await (running ?? this.#start({ ...folder, state })).entries;
  }

  /** Forgets all entries. */
  clear(): void {
    this.#past.clear();
    this.#names.clear();
  }

  #start(folder: NamedFolder): RunningLook {
    const entries = this.#look(folder).finally(() => this.#running.delete(folder.path));
    const running = { state: settledText(folder.state, folder.nowMs), entries };
    this.#running.set(folder.path, running);
    return running;
  }

  async #look(folder: NamedFolder): Promise<FolderEntries> {
    const { path, nowMs, state } = folder;
    const { clock } = this.#parts;
    const beganAtMs = clock.monotonicMs();
    const past = this.#past.get(path);
    const before = past && { ...past, isFresh: isFresh(past.lookedAt, nowMs) };
    const entries = await readEntries(this.#parts, folder, before);
    const endedAtMs = nowMs + clock.monotonicMs() - beganAtMs;
    this.#past.set(path, {
      state: settledText(state, nowMs),
      entries,
      lookedAt: before?.isFresh ? before.lookedAt : { beganAtMs: nowMs, endedAtMs },
    }, FOLDER_ENTRIES + entries.names.length);
    return entries;
  }
}

/** The text of a state that any later change makes another one. @param nowMs a time before the look at the folder */
function settledText(state: FolderState | undefined, nowMs: number): string | undefined {
  return state !== undefined && nowMs - state.changedAtMs > SETTLED_MS ? state.text : undefined;
}

function isSame(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && left === right;
}

/** Setting the clock back makes nothing fresh. */
function isFresh({ beganAtMs, endedAtMs }: TimeSpan, nowMs: number): boolean {
  return nowMs >= beganAtMs && nowMs - endedAtMs < FRESH_MS;
}
