import { VALUE_SEPARATOR } from "../../program/flags/flag.ts";
import {
  checkedFlag,
  choiceFlag,
  integerFlag,
  switchFlag,
  textFlag,
} from "../../program/flags/flag_kinds.ts";
import { isFieldValue, isToken, trimOws } from "../../http/grammar.ts";
import type { HeaderField } from "../../http/headers.ts";
import { DEFAULT_STATIC_OPTIONS } from "./options.ts";

const MAX_WORKERS = 256;

// Framing and connection are the server's own (RFC 9112 §6, §9), and so is what must agree with the content that is sent
// and with the conditions of the next request (RFC 9110 §8.4, §8.8, §14).
const RESERVED_FIELDS = new Set([
  "accept-ranges",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "etag",
  "keep-alive",
  "last-modified",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The flags of the static server beside the common ones. */
export const STATIC_FLAGS = {
  root: textFlag({
    placeholder: "FOLDER",
    help: "document root",
    default: DEFAULT_STATIC_OPTIONS.root,
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
    help: "answer navigations to what does not exist with this file of the root",
    default: undefined,
  }),
  "not-found": textFlag({
    placeholder: "FILE",
    help: "send this file of the root with 404",
    default: undefined,
  }),
  cors: switchFlag("let pages of every origin read the answers; OPTIONS is a preflight"),
  "cache-control": checkedFlag({
    placeholder: "VALUE",
    help: "value of Cache-Control for files",
    default: undefined,
    expected: "a header value",
    parse: (text) => text !== "" && isFieldValue(text) ? text : undefined,
  }),
  header: checkedFlag({
    placeholder: '"NAME: VALUE"',
    help: "add a header to all answers; may be given several times",
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
  compress: switchFlag("compress text on the fly"),
  charset: checkedFlag({
    placeholder: "NAME",
    help: "charset parameter of the types of text",
    default: undefined,
    expected: "the name of a charset",
    parse: (text) => isToken(text) ? text : undefined,
  }),
  "live-reload": switchFlag("have browsers load pages again when a file changes"),
};

function parseFileNames(text: string): readonly string[] | undefined {
  const names = text.split(",").map((name) => name.trim());
  return names.every(isFileName) ? names : undefined;
}

function isFileName(text: string): boolean {
  return text !== "" && text !== "." && text !== ".." && !/[/\\\0]/.test(text);
}

function parseFields(text: string): readonly HeaderField[] | undefined {
  const fields: HeaderField[] = [];
  for (const field of text.split(VALUE_SEPARATOR)) {
    const colon = field.indexOf(":");
    const name = field.slice(0, Math.max(0, colon));
    const value = trimOws(field.slice(colon + 1));
    if (!isToken(name) || !isFieldValue(value) || RESERVED_FIELDS.has(name.toLowerCase())) return undefined;
    fields.push([name, value]);
  }
  return fields;
}
