import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Flag, UsageError, VALUE_SEPARATOR } from "../../../src/program/flags/flag.ts";
import { choiceFlag, integerFlag, switchFlag, textFlag } from "../../../src/program/flags/flag_kinds.ts";
import { parseFlags, readFlags } from "../../../src/program/flags/parse_flags.ts";

const TABLE = {
  port: integerFlag({ placeholder: "PORT", help: "the port", default: 80, min: 0, max: 65_535, alias: "p" }),
  log: textFlag({ placeholder: "FILE", help: "the log", default: undefined }),
  format: choiceFlag({ choices: ["text", "json"], help: "the form", default: "text" }),
  quiet: switchFlag("say nothing"),
};

const DEFAULTS = { port: 80, log: undefined, format: "text", quiet: false };

Deno.test("parseFlags() reads values after a space or an equals sign, and gives defaults for the rest", () => {
  const rows: [args: string[], values: Partial<Record<keyof typeof TABLE, unknown>>][] = [
    [[], {}],
    [["--port", "8080"], { port: 8080 }],
    [["--port=8080"], { port: 8080 }],
    [["-p", "8080"], { port: 8080 }],
    [["--port", "0"], { port: 0 }],
    [["--port", "65535"], { port: 65_535 }],
    [["--port", "1", "--port", "2"], { port: 2 }],
    [["--log", "-"], { log: "-" }],
    [["--log=-"], { log: "-" }],
    [["--log", "a=b c"], { log: "a=b c" }],
    [["--log", "0"], { log: "0" }],
    [["--log", "-dash"], { log: "-dash" }],
    [["--log=--dashes"], { log: "--dashes" }],
    [["--format", "json", "--quiet"], { format: "json", quiet: true }],
    [["--quiet", "--quiet", "-p", "5"], { quiet: true, port: 5 }],
  ];
  for (const [args, values] of rows) {
    assertEquals(parseFlags(args, TABLE), { ...DEFAULTS, ...values }, args.join(" "));
  }
});

Deno.test("parseFlags() names the flag and what was expected, for every mistake", () => {
  const rows: [args: string[], message: string][] = [
    [["--prot", "1"], "unknown flag --prot: did you mean --port?"],
    [["--xyzzy"], "unknown flag --xyzzy: see --help"],
    [["--por=1"], "unknown flag --por: did you mean --port?"],
    [["-x"], "unknown flag -x: see --help"],
    [["--toString"], "unknown flag --toString: see --help"],
    [["--__proto__", "1"], "unknown flag --__proto__: see --help"],
    [["--constructor=1"], "unknown flag --constructor: see --help"],
    [["--port.a", "1"], "unknown flag --port.a: did you mean --port?"],
    [["--no-quiet"], "unknown flag --no-quiet: see --help"],
    [["stray"], 'unexpected argument "stray": expected only flags'],
    [["--quiet", "stray"], 'unexpected argument "stray": expected only flags'],
    [["--", "--port", "1"], 'unexpected argument "--": expected only flags'],
    [["-"], 'unexpected argument "-": expected only flags'],
    [["--port"], "bad value for --port: expected a whole number from 0 to 65535, got nothing"],
    [["--port", "--quiet"], "bad value for --port: expected a whole number from 0 to 65535, got nothing"],
    [["--port", ""], "bad value for --port: expected a whole number from 0 to 65535, got nothing"],
    [["--port", "-1"], 'bad value for --port: expected a whole number from 0 to 65535, got "-1"'],
    [["--port", "65536"], 'bad value for --port: expected a whole number from 0 to 65535, got "65536"'],
    [["--port", "1e3"], 'bad value for --port: expected a whole number from 0 to 65535, got "1e3"'],
    [["--port", "0x10"], 'bad value for --port: expected a whole number from 0 to 65535, got "0x10"'],
    [["--port", " 1"], 'bad value for --port: expected a whole number from 0 to 65535, got " 1"'],
    [["--log="], "bad value for --log: expected a text, got nothing"],
    [["--format", "xml"], 'bad value for --format: expected text or json, got "xml"'],
    [["--format", "a\nb"], 'bad value for --format: expected text or json, got "a\\nb"'],
    [["--format", "jsno"], 'bad value for --format: expected text or json, got "jsno": did you mean json?'],
    [["-p", "x"], 'bad value for --port: expected a whole number from 0 to 65535, got "x"'],
    [["--quiet=true"], 'bad value for --quiet: expected no value, got "true"'],
    [["--quiet", "false"], 'bad value for --quiet: expected no value, got "false"'],
  ];
  for (const [args, message] of rows) {
    const error = assertThrows(() => parseFlags(args, TABLE), UsageError);
    assertEquals(error instanceof UsageError && error.message, message, args.join(" "));
  }
});

Deno.test("parseFlags() takes any flag that reads a text", () => {
  const even: Flag<number> = {
    help: "",
    placeholder: "N",
    default: 0,
    expected: "an even number",
    parse: (text) => Number(text) % 2 === 0 ? Number(text) : undefined,
  };
  assertEquals(parseFlags(["--even", "4"], { even }), { even: 4 });
  assertThrows(() => parseFlags(["--even", "3"], { even }), UsageError, 'expected an even number, got "3"');
});

Deno.test("parseFlags() gives all values of a repeatable flag, whatever they hold", () => {
  const names: Flag<readonly string[]> = {
    help: "",
    placeholder: "NAME",
    isRepeatable: true,
    default: [],
    expected: "no x",
    parse: (text) => text.includes("x") ? undefined : text.split(VALUE_SEPARATOR),
  };
  assertEquals(parseFlags([], { names }), { names: [] });
  assertEquals(parseFlags(["--names", "a\nb", "--names", "c,d"], { names }), { names: ["a\nb", "c,d"] });
  const twice = ["--names", "a", "--names", "x\n"];
  assertThrows(() => parseFlags(twice, { names }), UsageError, 'expected no x, got "a" and "x\\n"');
});

Deno.test("parseFlags() never shows a secret", () => {
  const auth: Flag<string | undefined> = {
    help: "",
    placeholder: "USER:PASSWORD",
    isSecret: true,
    default: undefined,
    expected: "a name and a password",
    parse: (text) => text.includes(":") ? text : undefined,
  };
  const given = [["--auth", "hunter2"], ["--auth=hunter2"]];
  const texts = given.map((args) => assertThrows(() => parseFlags(args, { auth }), UsageError).message);
  const variables = new Map([["MILLRACE_AUTH", "hunter2"]]);
  texts.push(assertThrows(() => parseFlags([], { auth }, variables), UsageError).message);
  for (const text of texts) assert(!text.includes("hunter2"), text);
});

Deno.test("parseFlags() gives a word without dashes to the flag with a place", () => {
  const table = {
    root: textFlag({ placeholder: "FOLDER", help: "", default: "docroot", alias: "r", position: "also" }),
    quiet: switchFlag(""),
  };
  const rows: [args: string[], root: string][] = [
    [[], "docroot"],
    [["public"], "public"],
    [["--quiet", "public"], "public"],
    [["-r", "public"], "public"],
  ];
  for (const [args, root] of rows) assertEquals(parseFlags(args, table).root, root, args.join(" "));
  const mistakes = [["a", "b"], ["-r", "a", "b"]];
  for (const args of mistakes) {
    assertThrows(() => parseFlags(args, table), UsageError, 'unexpected argument "b"', args.join(" "));
  }
  const many = assertThrows(() => parseFlags(["a", "b"], table), UsageError);
  assertEquals(many.message, 'unexpected argument "b": expected only FOLDER and flags (blanks need quotes)');
  const both = assertThrows(() => parseFlags(["a", "-r", "b"], table), UsageError);
  assertEquals(both.message, "bad value for --root: FOLDER is given too");
});

Deno.test("parseFlags() demands the argument of a place, except with --help", () => {
  const table = {
    file: textFlag({ placeholder: "FILE", help: "", default: undefined, position: "only" }),
    help: switchFlag("", { alias: "h" }),
  };
  assertEquals(parseFlags(["x.db"], table).file, "x.db");
  assertEquals(parseFlags(["-h"], table).help, true);
  assertThrows(() => parseFlags([], table), UsageError, "missing FILE: expected a text");
  assertThrows(() => parseFlags(["--file", "x"], table), UsageError, "unknown flag --file");
});

Deno.test("readFlags() takes flags that the command line leaves out from the environment, and says where each came from", () => {
  const table = {
    ...TABLE,
    port: { ...TABLE.port, fallbackVariable: "PORT" },
    names: {
      help: "",
      placeholder: "NAME",
      isRepeatable: true,
      default: [],
      expected: "names",
      parse: (text: string): readonly string[] => text.split(VALUE_SEPARATOR),
    },
  };
  const variables = new Map([
    ["MILLRACE_PORT", "81"],
    ["PORT", "82"],
    ["MILLRACE_QUIET", "1"],
    ["MILLRACE_LOG", ""],
    ["MILLRACE_NAMES", "a=b c\nd"],
  ]);
  const { values, given } = readFlags([], table, variables);
  assertEquals(values, { ...DEFAULTS, port: 81, quiet: true, names: ["a=b c", "d"] });
  assertEquals(given.get("port"), "the environment variable MILLRACE_PORT");
  assertEquals(readFlags(["-p", "5"], table, variables).values.port, 5);
  assertEquals(readFlags(["-p", "5"], table, variables).given.get("port"), "--port");
  assertEquals(readFlags([], table, new Map([["PORT", "82"]])).values.port, 82);
  assertEquals(readFlags([], table, new Map([["MILLRACE_QUIET", "0"]])).values.quiet, false);
});

Deno.test("readFlags() names the variable of a bad value", () => {
  const rows: [variable: string, text: string, message: string][] = [
    ["MILLRACE_PORT", "x", 'MILLRACE_PORT: expected a whole number from 0 to 65535, got "x"'],
    ["MILLRACE_QUIET", "yes", 'MILLRACE_QUIET: expected 1 or 0, got "yes"'],
  ];
  for (const [variable, text, part] of rows) {
    const { message } = assertThrows(
      () => readFlags([], TABLE, new Map([[variable, text]])),
      UsageError,
    );
    assertEquals(message, `bad value for the environment variable ${part}`);
  }
});
