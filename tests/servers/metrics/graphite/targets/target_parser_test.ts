import { assertEquals, assertThrows } from "@std/assert";
import {
  parseTarget,
  type TargetNode,
} from "../../../../../src/servers/metrics/graphite/targets/target_parser.ts";
import { TargetError } from "../../../../../src/servers/metrics/graphite/targets/target_error.ts";

/** A target in one plain notation. */
function show(node: TargetNode): string {
  switch (node.kind) {
    case "path":
      return `<${node.path}>`;
    case "call": {
      const named = [...node.named].map(([name, value]) => `${name}=${show(value)}`);
      return `${node.name}(${[...node.args.map(show), ...named].join(",")})`;
    }
    case "text":
      return JSON.stringify(node.value);
    case "none":
      return "none";
    default:
      return String(node.value);
  }
}

const TARGETS: readonly (readonly [target: string, shown: string])[] = [
  ["a.b.c", "<a.b.c>"],
  ["servers.{web,db}*.cpu", "<servers.{web,db}*.cpu>"],
  ["disk.used;host=a", "<disk.used;host=a>"],
  ["sum(a.*, b.*)", "sum(<a.*>,<b.*>)"],
  ["alias(scale(a, 0.5), 'the name')", 'alias(scale(<a>,0.5),"the name")'],
  ['alias(a, "x (y)")', 'alias(<a>,"x (y)")'],
  ["scale(a,-1e3)", "scale(<a>,-1000)"],
  ["movingAverage(a,'5min')", 'movingAverage(<a>,"5min")'],
  ["sortByName(a, true)", "sortByName(<a>,true)"],
  ["asPercent(a, None, 1)", "asPercent(<a>,none,1)"],
  ["keepLastValue(a, inf)", "keepLastValue(<a>,Infinity)"],
  ["summarize(a, '1h', func='max', alignToFrom=true)", 'summarize(<a>,"1h",func="max",alignToFrom=true)'],
  ["a.b | scale(2) | alias('x')", 'alias(scale(<a.b>,2),"x")'],
  ["constantLine(100)", "constantLine(100)"],
  ["group()", "group()"],
  ["1min.load", "<1min.load>"],
  ["a.1.b", "<a.1.b>"],
  ["true.b", "<true.b>"],
  [String.raw`a\,b`, "<a,b>"],
];

Deno.test("parseTarget() reads names, calls, numbers, texts and pipes", () => {
  for (const [target, shown] of TARGETS) assertEquals([target, show(parseTarget(target))], [target, shown]);
});

Deno.test("parseTarget() says what it expected and where", () => {
  for (const target of ["", "sum(", "sum(a", "sum(a,)", "a)", "sum(a=1,b)", "a|b", '"x', "sum(a) b", "{a"]) {
    assertThrows(() => parseTarget(target), TargetError, "Cannot read a target: expected");
  }
  assertThrows(() => parseTarget(`${"sum(".repeat(100)}a${")".repeat(100)}`), TargetError, "nested too deep");
});
