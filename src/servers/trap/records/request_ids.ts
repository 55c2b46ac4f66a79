import { createMicroTimestamps } from "../../../log/timestamp.ts";

/** Names requests by their time of arrival. */
export interface TrapIds {
  /**
   * Makes the next id: unique, always of the same length, and sorted as text in the order of the calls.
   *
   * @param atMicros the time of the request, in microseconds since 1970; not less than in the call before
   * @returns time, number within the microsecond and tag, as in `2026-03-01T09:30:00.123456Z-00k3f`
   */
  next(atMicros: number): string;
}

const TAG_LENGTH = 3;
const MAX_IDS_PER_MICRO = 36 ** 2;

/** A tag for {@linkcode createTrapIds}. @param random returns numbers from 0 up to 1, exclusive */
export function createTag(random: () => number): string {
  return Math.floor(random() * 36 ** TAG_LENGTH).toString(36).padStart(TAG_LENGTH, "0");
}

/**
 * Makes a source of ids.
 *
 * @param tag three digits of base 36 that distinguish processes with one log
 * @param last an id of an earlier process: all new ids sort after it
 */
export function createTrapIds(tag: string, last: string = ""): TrapIds {
  const timestamp = createMicroTimestamps();
  // The microsecond of an earlier process is not used again: its numbers in it are not known.
  let currentMicros = last === "" ? -1 : microsOf(last);
  let count = MAX_IDS_PER_MICRO;
  return {
    next(atMicros: number): string {
      if (atMicros > currentMicros) {
        currentMicros = atMicros;
        count = 0;
      } else if (count === MAX_IDS_PER_MICRO) {
        currentMicros++;
        count = 0;
      }
      return `${timestamp(currentMicros)}-${(count++).toString(36).padStart(2, "0")}${tag}`;
    },
  };
}

/** The time in an id, as text: `2026-03-01T09:30:00.123456Z`. */
export function timeOf(id: string): string {
  return id.slice(0, id.indexOf("Z") + 1);
}

function microsOf(id: string): number {
  const time = timeOf(id);
  return Date.parse(`${time.slice(0, -4)}Z`) * 1_000 + Number(time.slice(-4, -1));
}
