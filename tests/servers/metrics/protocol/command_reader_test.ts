import { assertEquals } from "@std/assert";
import { test } from "../../../runtimes/command_line.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { exchangeWithEnd } from "../../../support/loopback.ts";
import type { Program } from "../../../support/program.ts";
import { Random } from "../../../support/random.ts";
import { type Split, splitAtRandom, splitEverywhere } from "../../../support/splits.ts";
import { converse } from "../conversation/converse.ts";

const OK = "ok\n\n";
const WRONG = "error\nwrong command\n\n";

interface Row {
  readonly claim: string;
  /** The client's bytes, one character each. */
  readonly input: string;
  readonly output: string;
  /** Whether the reply depends on the bytes of one read. */
  readonly isAboutReads?: boolean;
}

function stored(row: string): string {
  return `ok\n${row}\n\n`;
}

// Each value is put and read back.
function valueRow(written: string, printed: string): Row {
  return {
    claim: `takes the value ${written} and prints ${printed}`,
    input: `put k ${written} 1\nget k\n`,
    output: OK + stored(`k ${printed} 1`),
  };
}

function timestampRow(written: string, printed: string): Row {
  return {
    claim: `takes the timestamp ${written} and prints ${printed}`,
    input: `put k 1 ${written}\nget k\n`,
    output: `${OK}ok\nk 1.0 ${printed}\n\n`,
  };
}

function refused(claim: string, line: string): Row {
  return { claim: `refuses ${claim}`, input: `${line}\nget *\n`, output: WRONG + OK };
}

const ROWS: readonly Row[] = [
  { claim: "says nothing to nothing", input: "", output: "" },
  { claim: "has no rows for an unknown key", input: "get test_key\n", output: OK },
  { claim: "has no rows for all keys at first", input: "get *\n", output: OK },
  {
    claim: "replies to the example of the documentation",
    input:
      "get test_key\ngot test_key\nput test_key 12.0 1503319740\nput test_key 13.0 1503319739\nget test_key\n" +
      "put another_key 10 1503319739\nget *\n",
    output: OK + WRONG + OK + OK + "ok\ntest_key 13.0 1503319739\ntest_key 12.0 1503319740\n\n" + OK +
      "ok\ntest_key 13.0 1503319739\ntest_key 12.0 1503319740\nanother_key 10.0 1503319739\n\n",
  },
  {
    claim: "replaces the value of the same key and timestamp",
    input: "put k 1 5\nput k 2 5\nget k\n",
    output: OK + OK + stored("k 2.0 5"),
  },
  {
    claim: "follows good commands and refuses bad ones",
    input: "put a 1 1\nput a x 2\nput a 3 3\nPUT a 4 4\nget a\n",
    output: OK + WRONG + OK + WRONG + "ok\na 1.0 1\na 3.0 3\n\n",
  },
  {
    claim: "takes CR LF and replies with LF",
    input: "put k 1 1\r\nget k\r\n",
    output: OK + stored("k 1.0 1"),
  },
  {
    claim: "takes runs of spaces and tabs",
    input: " \tput \t k   1\t\t1  \n\t get\tk \r\n",
    output: OK + stored("k 1.0 1"),
  },
  {
    claim: "takes a key in UTF-8",
    input: "put k\xc3\xa9y 1 1\nget *\n",
    output: OK + stored("k\xc3\xa9y 1.0 1"),
  },
  {
    claim: "gives the rows of a time span, both ends included",
    input: "put k 1 1\nput k 2 2\nput k 3 3\nput k 4 4\nget k 2 3\nget\tk  -5 +1 \nget k 3 2\nget * 4 9\n",
    output: OK.repeat(4) + "ok\nk 2.0 2\nk 3.0 3\n\n" + stored("k 1.0 1") + OK + stored("k 4.0 4"),
  },
  {
    claim: "lists and gets the keys that a pattern matches, in the order of first puts",
    input:
      "put b.x 1 1\nput a.x 2 1\nput a.y 3 1\nput c 4 1\nkeys *.x\nget {c,a.*}\nkeys *\nkeys c\nkeys d*\n",
    output: OK.repeat(4) + "ok\nb.x\na.x\n\nok\na.x 2.0 1\na.y 3.0 1\nc 4.0 1\n\n" +
      "ok\nb.x\na.x\na.y\nc\n\nok\nc\n\n" + OK,
  },
  {
    claim: "deletes a key, a pattern, a time span and everything",
    input: "put a.x 1 1\nput a.y 1 1\nput b 1 1\nput b 2 2\ndelete b 2 9\ndelete a.*\ndelete none\nget *\n" +
      "delete *\nget *\n",
    output: OK.repeat(7) + stored("b 1.0 1") + OK + OK,
  },
  {
    claim: "prefers a key of exactly these bytes to a pattern",
    input: "put a* 1 1\nput ab 2 2\nget a*\ndelete a*\nget a*\n",
    output: OK + OK + stored("a* 1.0 1") + OK + stored("ab 2.0 2"),
  },
  {
    claim: "refuses a pattern of more than 4,096 bytes",
    input: `get ${"*a".repeat(2_049)}\nkeys ${"*a".repeat(2_049)}\ndelete ${"*a".repeat(2_049)}\nget *\n`,
    output: "error\npattern too long\n\n".repeat(3) + OK,
  },
  { claim: "takes DEL and a byte order mark in a key", input: "put \xef\xbb\xbf\x7f 1 1\n", output: OK },
  { claim: "takes a key of 60,000 bytes", input: `put ${"k".repeat(60_000)} 1 1\n`, output: OK },
  { claim: "says nothing to a command without an end", input: "put k 1 1\nget k", output: OK },
  { claim: "says nothing to a long line without an end", input: `put ${"k".repeat(70_000)}`, output: "" },
  valueRow("12.0", "12.0"),
  valueRow("1e3", "1000.0"),
  valueRow("+.5", "0.5"),
  valueRow("5.", "5.0"),
  valueRow("1_000", "1000.0"),
  valueRow("inf", "inf"),
  valueRow("-Infinity", "-inf"),
  valueRow("nan", "nan"),
  valueRow("-0", "-0.0"),
  valueRow("1e16", "1e+16"),
  valueRow("0.00001", "1e-05"),
  valueRow("0.1234567890123456789", "0.12345678901234568"),
  timestampRow("-3", "-3"),
  timestampRow("+4", "4"),
  timestampRow("007", "7"),
  timestampRow("1_0", "10"),
  timestampRow("9007199254740991", "9007199254740991"),
  refused("an unknown command", "got k"),
  refused("a command in capitals", "GET k"),
  refused("get alone", "get"),
  refused("get with a space alone", "get "),
  refused("get with two keys", "get a b"),
  refused("get with one end of time", "get a 5"),
  refused("get with an end that is not an integer", "get a 1.5 2"),
  refused("get with an end beyond the integers", "get a 1 9007199254740992"),
  refused("get with four words", "get a 1 2 3"),
  refused("get with a key with a control character", "get a\x01 1 2"),
  refused("delete alone", "delete"),
  refused("delete with one end of time", "delete a 5"),
  refused("delete in capitals", "DELETE a"),
  refused("a word that begins like delete", "deletes a"),
  refused("keys alone", "keys"),
  refused("keys with a time span", "keys a 1 2"),
  refused("put with a pattern of all", "put * 1 1"),
  refused("put alone", "put"),
  refused("put without value", "put k"),
  refused("put without timestamp", "put k 1"),
  refused("put with four arguments", "put k 1 2 3"),
  refused("a command that only begins like one", "gets k"),
  refused("a command without a space", "getk"),
  refused("a hexadecimal value", "put k 0x10 1"),
  refused("a decimal comma", "put k 1,5 1"),
  refused("a word as value", "put k one 1"),
  refused("a fraction as timestamp", "put k 1 1.5"),
  refused("a timestamp beyond 2^53-1", "put k 1 9007199254740992"),
  refused("digits that are not ASCII", "put k \xd9\xa1 1"),
  refused("the key * in put", "put * 1 1"),
  refused("a NUL in the key", "put a\0b 1 1"),
  refused("a C0 control character in the key of a get", "get a\x1fb"),
  refused("a vertical tab as separator", "put\x0bk 1 1"),
  refused("a CR inside the line", "put k 1\r1"),
  refused("two CR at the end", "get k\r\r"),
  refused("a C1 control character in the key", "put a\xc2\x9bb 1 1"),
  refused("U+0085 in the key", "put a\xc2\x85b 1 1"),
  refused("U+00A0 in the key", "get a\xc2\xa0b"),
  refused("U+2028 in the key", "put a\xe2\x80\xa8b 1 1"),
  refused("U+3000 in the key", "put \xe3\x80\x80 1 1"),
  refused("invalid UTF-8 in the key", "put a\xff 1 1"),
  refused("a UTF-8 sequence cut short", "get a\xc3"),
  refused("a form of UTF-8 that is too long", "get \xc0\xaf"),
  refused("a line over 65,536 bytes, once", `put ${"k".repeat(70_000)} 1 1`),
  { claim: "refuses an empty line alone", input: "\n", output: WRONG },
  { claim: "refuses an empty line with CR LF alone", input: "\r\n", output: WRONG },
  { claim: "refuses a line of spaces alone", input: " \t \n", output: WRONG },
  {
    claim: "says nothing to a blank line directly after a command in the same read",
    input: "get x\n\nget y\r\n\r\nbad\n\n",
    output: OK + OK + WRONG,
    isAboutReads: true,
  },
  {
    claim: "refuses the second of two blank lines",
    input: "get x\n\n\n",
    output: OK + WRONG,
    isAboutReads: true,
  },
];

function splitsOf(input: string): Iterable<Split> {
  const bytes = bytesOf(input);
  if (bytes.length <= 1_000) return splitEverywhere(bytes);
  return [{ name: "whole", pieces: [bytes] }, ...splitAtRandom(bytes, new Random(bytes.length), 3)];
}

for (const { claim, input, output, isAboutReads = false } of ROWS) {
  Deno.test(`Session ${claim}`, async () => {
    const whole = [{ name: "whole", pieces: [bytesOf(input)] }];
    for (const { name, pieces } of isAboutReads ? whole : splitsOf(input)) {
      assertEquals((await converse(pieces)).text, output, name);
    }
  });
}

test("metrics replies to every row of the protocol over the command line", async ({ startProgram }) => {
  const launch = (): Promise<Program> => startProgram(["metrics", "--error-log", "off"]);
  let program = await launch();
  for (const { claim, input, output } of ROWS) {
    assertEquals(await exchangeWithEnd(program.port, bytesOf(input)), output, claim);
    // The next row needs an empty server.
    if (await exchangeWithEnd(program.port, bytesOf("get *\n")) === OK) continue;
    await program.stop();
    program = await launch();
  }
  await program.stop();
});

Deno.test("Session agrees with a plain Map on random streams of commands in random reads", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed);
    const { input, output } = createStream(random);
    for (const { name, pieces } of splitAtRandom(bytesOf(input), random, 30)) {
      assertEquals((await converse(pieces)).text, output, `seed ${seed}, ${name}`);
    }
  }
});

function createStream(random: Random): { input: string; output: string } {
  const model = new Map<string, Map<number, number>>();
  let input = "";
  let output = "";
  for (let step = 0; step < 400; step++) {
    const key = `k${random.below(6)}`;
    const kind = random.below(100);
    if (kind < 60) {
      const timestamp = random.below(60) - 20;
      const value = random.below(1_000) / 4;
      input += `put ${key} ${value} ${timestamp}\n`;
      output += OK;
      model.set(key, (model.get(key) ?? new Map<number, number>()).set(timestamp, value));
    } else if (kind < 80) {
      input += `get ${key}\n`;
      output += `ok\n${showRows(key, model.get(key))}\n`;
    } else if (kind < 85) {
      input += "get *\n";
      output += `ok\n${[...model].map(([name, samples]) => showRows(name, samples)).join("")}\n`;
    } else {
      input += `${["put", "get a b", `put ${key} x 1`, `put ${key} 1 1.0`, "nonsense"][step % 5]}\n`;
      output += WRONG;
    }
  }
  return { input, output };
}

function showRows(key: string, samples: ReadonlyMap<number, number> = new Map()): string {
  return [...samples].sort((a, b) => a[0] - b[0]).map(([timestamp, value]) => {
    const text = Number.isInteger(value) ? `${value}.0` : String(value);
    return `${key} ${text} ${timestamp}\n`;
  }).join("");
}
