import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  choiceFlag,
  describeFlags,
  type Flag,
  integerFlag,
  parseFlags,
  switchFlag,
  textFlag,
  UsageError,
  VALUE_SEPARATOR,
} from "../../src/program/flags.ts";

const TABLE = {
  port: integerFlag({ placeholder: "PORT", help: "the port", default: 80, min: 0, max: 65_535, alias: "p" }),
  log: textFlag({ placeholder: "FILE", help: "the log", default: undefined }),
  format: choiceFlag({ choices: ["text", "json"], help: "the form", default: "text" }),
  quiet: switchFlag("say nothing"),
};

const DEFAULTS = { port: 80, log: undefined, format: "text", quiet: false };

Deno.test("parseFlags() reads values behind a space or an equals sign, and gives defaults for the rest", () => {
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

Deno.test("parseFlags() names the flag and what was expected, whatever is wrong", () => {
  const rows: [args: string[], message: string][] = [
    [["--prot", "1"], "unknown flag --prot: see --help"],
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
    [["--quiet=true"], "bad value for --quiet: expected no value"],
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

Deno.test("parseFlags() gives all values of a repeatable flag, whatever stands in them", () => {
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

Deno.test("describeFlags() lists flags with letter, placeholder and default, aligned", () => {
  assertEquals(
    describeFlags(TABLE),
    "  -p, --port PORT         the port (default 80)\n" +
      "      --log FILE          the log\n" +
      "      --format text|json  the form (default text)\n" +
      "      --quiet             say nothing",
  );
  assertStringIncludes(describeFlags({ quiet: TABLE.quiet }), "--quiet  say nothing");
});
