import { chainLogFlag, httpFlags } from "../../program/flags/common_flags.ts";
import type { Flag } from "../../program/flags/flag.ts";
import { fileFlag, integerFlag, sizeFlag, switchFlag } from "../../program/flags/flag_kinds.ts";
import { UI_FLAGS } from "../../program/flags/ui_flags.ts";
import { isToken } from "../../http/grammar.ts";

/** The port of the trap unless another one is given. */
export const TRAP_PORT = 5000;

const COMMON = httpFlags(TRAP_PORT);

/** All flags of the request trap. */
export const TRAP_FLAGS = {
  ...COMMON,
  ...UI_FLAGS,
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
  "keep-bytes": sizeFlag({ help: "bytes of requests that are kept in all", default: 256 * 2 ** 20 }),
  data: fileFlag({
    help: "database file that keeps the requests across restarts; without it they live in memory",
  }),
  respond: fileFlag({ help: "JSON file that says what is answered in the place of 200" }),
  mask: namesFlag("header fields and parameters whose values the log hides, separated by commas"),
  "replay-private": switchFlag("let requests be replayed to private and loopback addresses"),
};

function namesFlag(help: string): Flag<readonly string[]> {
  const parse = (text: string): readonly string[] | undefined => {
    const names = text.split(",");
    return names.every(isToken) ? names : undefined;
  };
  return {
    placeholder: "NAMES",
    help,
    default: [],
    shownDefault: "",
    expected: "names separated by commas",
    parse,
  };
}
