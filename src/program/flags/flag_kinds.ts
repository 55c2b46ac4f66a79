// The kinds of flags, by their values.

import type { Flag } from "./flag.ts";
import { formatSize, formatTime, parseSize, parseTimeMs } from "./quantities.ts";

/** Texts and settings of a flag, apart from its values. */
type Described = Pick<
  Flag<unknown>,
  "help" | "group" | "alias" | "isSecret" | "position" | "fallbackVariable" | "completes" | "shownDefault"
>;

const MAX_PORT = 65_535;
// The longest delay that JavaScript timers can count.
const MAX_TIMER_MS = 2_147_483_647;

/** A flag that takes a text. */
export function textFlag<T extends string | undefined>(
  settings: Described & { readonly placeholder: string; readonly default: T },
): Flag<T | string> {
  return { ...settings, expected: "a text", parse: (text) => text === "" ? undefined : text };
}

/** A flag that takes the path of a file. */
export function fileFlag(
  settings: Described & { readonly placeholder?: string },
): Flag<string | undefined> {
  return textFlag({ placeholder: "FILE", completes: "file", ...settings, default: undefined });
}

/** A flag that takes a whole number between two bounds, both included. */
export function integerFlag(
  settings: Described & {
    readonly placeholder: string;
    readonly default: number;
    readonly min: number;
    readonly max: number;
  },
): Flag<number> {
  const { min, max, ...rest } = settings;
  const parse = (text: string): number | undefined => {
    const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
  return { ...rest, expected: `a whole number from ${min} to ${max}`, parse };
}

/** A flag that takes a TCP port. */
export function portFlag(help: string, defaultPort: number): Flag<number> {
  return integerFlag({ placeholder: "PORT", help, default: defaultPort, min: 0, max: MAX_PORT });
}

/** A flag that takes a count from 1 on; without it there is no limit. */
export function countFlag(help: string, settings: Partial<Described> = {}): Flag<number | undefined> {
  const flag = integerFlag({
    ...settings,
    help,
    placeholder: "N",
    default: 0,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
  });
  return { ...flag, default: undefined, expected: "a whole number from 1" };
}

/** A flag that takes a number of bytes: `4096`, `64KiB`, `10MiB`, `1.5GiB`. */
export function sizeFlag(
  settings: Described & { readonly default: number; readonly min?: number },
): Flag<number> {
  const { min = 1, ...rest } = settings;
  return {
    placeholder: "SIZE",
    shownDefault: formatSize(settings.default),
    ...rest,
    expected: "a size such as 64KiB or 256MiB",
    parse: (text) => {
      const bytes = parseSize(text);
      return bytes !== undefined && bytes >= min ? bytes : undefined;
    },
  };
}

/**
 * A flag of a time-out in milliseconds: `1500`, `500ms`, `10s`, `2m`, `1h`. A number alone counts
 * milliseconds, as the name of the flag says.
 */
export function timeFlag(
  settings: Described & { readonly default: number; readonly min?: number },
): Flag<number> {
  const { min = 1, ...rest } = settings;
  return {
    placeholder: "TIME",
    shownDefault: formatTime(settings.default),
    ...rest,
    expected: "a time such as 500ms or 10s",
    parse: (text) => {
      const timeMs = parseTimeMs(/^[0-9]+$/.test(text) ? `${text}ms` : text);
      return timeMs !== undefined && timeMs >= min && timeMs <= MAX_TIMER_MS ? timeMs : undefined;
    },
  };
}

/** A flag of an age or a span in seconds, which needs its unit: `90s`, `12h`, `30d`. Without it there is none. */
export function durationFlag(settings: Described): Flag<number | undefined> {
  return {
    placeholder: "TIME",
    ...settings,
    default: undefined,
    expected: "a time with its unit such as 90s, 12h or 30d",
    parse: (text) => {
      const timeMs = parseTimeMs(text);
      return timeMs !== undefined && timeMs >= 1_000 ? Math.floor(timeMs / 1_000) : undefined;
    },
  };
}

/** A flag that takes one of a few words. */
export function choiceFlag<T extends string>(
  settings: Described & { readonly choices: readonly T[]; readonly default: T },
): Flag<T> {
  const { choices } = settings;
  return {
    ...settings,
    placeholder: choices.join("|"),
    expected: choices.join(" or "),
    parse: (text) => choices.find((choice) => choice === text),
  };
}

/** A flag without a value. */
export function switchFlag(help: string, settings: Partial<Described> = {}): Flag<boolean> {
  return { ...settings, help, default: false, expected: "no value", parse: () => true };
}

/** A flag with rules of its own. Its type is the union of the types of its values and of its default. */
export function checkedFlag<T, D extends T | undefined>(
  settings: Omit<Flag<T>, "default" | "parse"> & {
    readonly default: D;
    readonly parse: (text: string) => T | undefined;
  },
): Flag<T | D> {
  return settings;
}
