import { chainLogFlag, httpFlags, portFlag } from "../../program/command.ts";
import { type Flag, integerFlag, switchFlag, textFlag } from "../../program/flags.ts";
import { isToken } from "../../http/grammar.ts";

const COMMON = httpFlags(5000);
const MAX_PORT = 65_535;
const UNITS: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** All flags of the request trap. */
export const TRAP_FLAGS = {
  ...COMMON,
  "ui-port": uiPortFlag(),
  log: chainLogFlag("trap"),
  "access-log": {
    ...COMMON["access-log"],
    help: "where answers are logged in the common form, - for stdout; the trap's own log has all of it",
    default: "off",
  },
  "max-body-bytes": {
    ...COMMON["max-body-bytes"],
    help: "content of a request that is kept; what is beyond it is hashed, counted and marked as cut",
  },
  keep: integerFlag({
    placeholder: "N",
    help: "requests that are kept, the newest ones",
    default: 1_000,
    min: 1,
    max: 10_000_000,
  }),
  "keep-bytes": sizeFlag("bytes of requests that are kept in all, as 256MiB (KiB, MiB, GiB)", 256 * 2 ** 20),
  data: textFlag({
    placeholder: "FILE",
    help: "database file that keeps the requests across restarts; without it they live in memory",
    default: undefined,
  }),
  respond: textFlag({
    placeholder: "FILE",
    help: "JSON file that says what is answered in the place of 200",
    default: undefined,
  }),
  mask: namesFlag("header fields and parameters whose values the log hides, separated by commas"),
  "replay-private": switchFlag("let requests be replayed to private and loopback addresses"),
};

function uiPortFlag(): Flag<number | "off" | undefined> {
  const { parse } = portFlag("", 0);
  return {
    placeholder: "PORT|off",
    help: "TCP port of page and API; the port behind --port unless given",
    default: undefined,
    expected: `a whole number from 0 to ${MAX_PORT}, or off`,
    parse: (text) => text === "off" ? text : parse(text),
  };
}

function sizeFlag(help: string, preset: number): Flag<number> {
  const parse = (text: string): number | undefined => {
    const [, digits, unit = ""] = /^([0-9]{1,15})(KiB|MiB|GiB)?$/.exec(text) ?? [];
    const size = Number(digits) * UNITS[unit]!;
    return digits !== undefined && Number.isSafeInteger(size) && size > 0 ? size : undefined;
  };
  return { placeholder: "SIZE", help, default: preset, expected: "a size such as 256MiB", parse };
}

function namesFlag(help: string): Flag<readonly string[]> {
  const parse = (text: string): readonly string[] | undefined => {
    const names = text.split(",");
    return names.every(isToken) ? names : undefined;
  };
  return { placeholder: "NAMES", help, default: [], expected: "names separated by commas", parse };
}

/** The port of page and API: what was given, else the one behind the port of the trap where there is one. */
export function chooseUiPort(given: number | "off" | undefined, port: number): number | undefined {
  if (given === "off") return undefined;
  return given ?? (port === 0 || port === MAX_PORT ? 0 : port + 1);
}
