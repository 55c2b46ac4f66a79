import { CONSOLE_LOG_FLAGS, httpFlags, logFormatFlag } from "../../program/flags/common_flags.ts";
import {
  checkedFlag,
  choiceFlag,
  fileFlag,
  integerFlag,
  switchFlag,
  textFlag,
} from "../../program/flags/flag_kinds.ts";
import { isToken } from "../../http/grammar.ts";
import { parseBase, parseCacheControl, parseFields, parseFileNames, parseTypes } from "./flag_values.ts";
import { DEFAULT_STATIC_OPTIONS } from "./options.ts";

const MAX_WORKERS = 256;

/** All flags of the static server. */
export const STATIC_FLAGS = {
  ...httpFlags(8080),
  ...CONSOLE_LOG_FLAGS,
  "log-format": logFormatFlag(["text", "json", "combined"]),
  root: textFlag({
    placeholder: "FOLDER",
    help: "document root",
    default: undefined,
    shownDefault: "docroot if it is there, else .",
    alias: "r",
    position: "also",
    completes: "folder",
  }),
  workers: integerFlag({
    placeholder: "N",
    help: "threads that accept on the port",
    default: 1,
    min: 1,
    max: MAX_WORKERS,
    alias: "w",
  }),
  index: checkedFlag({
    placeholder: "NAMES",
    help: "names that stand for a directory, separated by commas",
    default: DEFAULT_STATIC_OPTIONS.index,
    expected: "file names separated by commas",
    parse: parseFileNames,
  }),
  symlinks: choiceFlag({
    choices: ["inside", "deny", "follow"],
    help: "which symbolic links are followed: those that stay inside the root, none, all",
    default: DEFAULT_STATIC_OPTIONS.symlinks,
  }),
  dotfiles: choiceFlag({
    choices: ["deny", "allow"],
    help: "whether names that begin with a dot are served (.well-known always is)",
    default: DEFAULT_STATIC_OPTIONS.dotfiles,
  }),
  listing: switchFlag("list directories that have no index"),
  spa: textFlag({
    placeholder: "FILE",
    help: "send this file of the root for pages that do not exist",
    default: undefined,
  }),
  "not-found": textFlag({
    placeholder: "FILE",
    help: "send this file of the root with 404",
    default: undefined,
  }),
  cors: switchFlag("let pages of every origin read the responses; OPTIONS is a preflight"),
  "cache-control": checkedFlag({
    placeholder: "[PATTERN=]VALUE",
    help: "Cache-Control of files, the last that matches; * within a name, ** across folders",
    isRepeatable: true,
    default: undefined,
    expected: "a header value, or a pattern, = and a header value",
    parse: parseCacheControl,
  }),
  header: checkedFlag({
    placeholder: '"[PATTERN=]NAME: VALUE"',
    help: "add a header to all responses, or to the files that a pattern matches",
    isRepeatable: true,
    default: undefined,
    expected: '"Name: value", and none of the headers that only the server can know',
    parse: parseFields,
  }),
  auth: checkedFlag({
    placeholder: "USER:PASSWORD",
    isSecret: true,
    help: "ask for a name and a password",
    default: undefined,
    expected: "a name, a colon and a password",
    parse: (text) => /^[^:]+:/.test(text) ? text : undefined,
  }),
  "auth-file": fileFlag({
    help: "file of name:hash lines, as htpasswd -B writes them, of the people let in",
  }),
  redirects: fileFlag({ help: "redirects, one a line: from to [status]; * at the end of both" }),
  base: checkedFlag({
    placeholder: "PATH",
    help: "path of the site behind a proxy that passes it on",
    default: DEFAULT_STATIC_OPTIONS.base,
    expected: "a path such as /files/",
    parse: parseBase,
  }),
  compress: switchFlag("compress text, fonts and wasm on the fly"),
  precompressed: switchFlag("send FILE.br, FILE.zst or FILE.gz for FILE to clients that take them"),
  "clean-urls": switchFlag("serve about.html as /about, and redirect /about.html there"),
  charset: checkedFlag({
    placeholder: "NAME|off",
    help: "charset of all types of text; utf-8 for those that cannot say it themselves",
    default: undefined,
    expected: "the name of a charset, or off",
    parse: (text) => isToken(text) ? text : undefined,
  }),
  type: checkedFlag({
    placeholder: "ENDING=TYPE",
    help: "media type of the files with an ending; may be given several times",
    isRepeatable: true,
    default: undefined,
    expected: "an ending, = and a media type, such as .md=text/plain",
    parse: parseTypes,
  }),
  open: switchFlag("open the site in the browser of this machine"),
  "live-reload": switchFlag("have browsers load pages again when a file changes"),
};
