import { chainLogFlag, httpFlags } from "../../program/flags/common_flags.ts";
import { type Flag, VALUE_SEPARATOR } from "../../program/flags/flag.ts";
import {
  checkedFlag,
  choiceFlag,
  durationFlag,
  fileFlag,
  integerFlag,
  sizeFlag,
  switchFlag,
} from "../../program/flags/flag_kinds.ts";
import { storeFlag } from "../../program/flags/store_flags.ts";
import { UI_FLAGS } from "../../program/flags/ui_flags.ts";
import { isToken } from "../../http/grammar.ts";
import type { SchemeSecret } from "./signatures/signature_checker.ts";
import { SCHEME_NAMES } from "./signatures/signature_scheme.ts";
import { parseUpstreamUrl, type UpstreamUrl } from "./upstream/upstream_url.ts";

/** The default port of the trap. */
export const TRAP_PORT = 5000;

/** The largest head, and the largest number of fields, that the trap takes. */
export const TRAP_HEAD_LIMITS = { maxHeadBytes: 2 ** 20, maxFields: 1_000 };

/** The default bound of kept content of a request. */
export const TRAP_BODY_BYTES = 32 * 2 ** 20;

const COMMON = httpFlags(TRAP_PORT);
const MIB = "1MiB";

/** All flags of the request trap. */
export const TRAP_FLAGS = {
  ...COMMON,
  ...UI_FLAGS,
  log: chainLogFlag("trap"),
  "access-log": {
    ...COMMON["access-log"],
    help: "log of responses in the common form, - for stdout; the trap's own log has all of it",
    default: "off",
  },
  "max-request-line-bytes": {
    ...COMMON["max-request-line-bytes"],
    default: TRAP_HEAD_LIMITS.maxHeadBytes,
    shownDefault: MIB,
  },
  "max-head-bytes": {
    ...COMMON["max-head-bytes"],
    default: TRAP_HEAD_LIMITS.maxHeadBytes,
    shownDefault: MIB,
  },
  "max-fields": { ...COMMON["max-fields"], default: TRAP_HEAD_LIMITS.maxFields },
  "max-body-bytes": {
    ...COMMON["max-body-bytes"],
    help: "content kept of one request; the rest is hashed, counted and marked as cut",
    default: TRAP_BODY_BYTES,
    shownDefault: "32MiB",
  },
  keep: integerFlag({
    placeholder: "N",
    help: "number of requests kept, the newest ones",
    default: 1_000,
    min: 1,
    max: 10_000_000,
  }),
  "keep-bytes": sizeFlag({ help: "bytes kept of all requests together", default: 256 * 2 ** 20 }),
  "keep-age": durationFlag({ help: "how long requests are kept, such as 7d; for ever without it" }),
  data: fileFlag({
    help: "database file that keeps the requests across restarts; without it they live in memory",
  }),
  store: storeFlag("Redis or Valkey Cluster where several nodes share their list, in place of --data"),
  respond: fileFlag({ help: "JSON file of rules for other responses than 200" }),
  cors: switchFlag("let pages of all origins read the responses"),
  rules: choiceFlag({
    choices: ["all", "none"],
    help: "whether method, path and parameters are checked",
    default: "all",
  }),
  bins: switchFlag("treat the first segment of the path as a bin with a list of its own"),
  forward: upstreamFlag("server that requests go on to: both sides are recorded"),
  "forward-copy": upstreamFlag("server that gets a copy of each request; the trap responds by itself"),
  secret: secretFlag(),
  mask: namesFlag("header fields and parameters whose values the log hides, separated by commas"),
  "replay-private": switchFlag(
    "let requests be sent again to private addresses, also by pages beyond loopback",
  ),
  tail: switchFlag("print each request with its content, in colour on a terminal"),
};

function upstreamFlag(help: string): Flag<UpstreamUrl | undefined> {
  return checkedFlag<UpstreamUrl, undefined>({
    placeholder: "URL",
    help,
    default: undefined,
    expected: "a URL such as http://localhost:3000",
    parse: (text) => {
      const url = parseUpstreamUrl(text);
      return url?.query === "" ? url : undefined;
    },
  });
}

function secretFlag(): Flag<readonly SchemeSecret[]> {
  return checkedFlag<readonly SchemeSecret[], readonly SchemeSecret[]>({
    placeholder: "SCHEME=SECRET",
    help: `secret for checking signatures, repeatable; ${SCHEME_NAMES.join(", ")}`,
    isRepeatable: true,
    isSecret: true,
    default: [],
    shownDefault: "",
    expected: `a scheme and its secret, as in github=...; schemes are ${SCHEME_NAMES.join(", ")}`,
    parse: (text) => {
      const secrets = text.split(VALUE_SEPARATOR).map(parseSecret);
      return secrets.includes(undefined) ? undefined : secrets as SchemeSecret[];
    },
  });
}

function parseSecret(text: string): SchemeSecret | undefined {
  const equals = text.indexOf("=");
  const given = text.slice(0, equals);
  const name = SCHEME_NAMES.find((scheme) => scheme === given || scheme.replace("-webhooks", "") === given);
  const secret = text.slice(equals + 1);
  return equals < 0 || name === undefined || secret === "" ? undefined : [name, secret];
}

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
