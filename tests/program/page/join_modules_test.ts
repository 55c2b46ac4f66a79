import { assertEquals, assertThrows } from "@std/assert";
import { joinModules, withoutComments } from "../../../src/program/page/join_modules.ts";

const PACKAGES = new Map([["htm", "./htm.js"]]);

function join(modules: Readonly<Record<string, string>>): string {
  return joinModules(new Map(Object.entries(modules)), "main.js", PACKAGES);
}

/** Runs a joined script, which leaves its result in `outcome`. */
function run(script: string): unknown {
  return new Function(`let outcome; ${script}; return outcome;`)();
}

Deno.test("joinModules() runs modules after those that they import, each with names of its own", () => {
  const script = join({
    "main.js": 'import { twice } from "./numbers.js";\nimport { Shout } from "./words.js";\n' +
      "const help = 1;\noutcome = [twice(21), new Shout().text, help];\n",
    "numbers.js": "// Numbers.\n\n/** Doubles. */\nexport function twice(n) {\n  return help(n);\n}\n" +
      "function help(n) {\n  return 2 * n;\n}\n",
    "words.js":
      'import { twice } from "./numbers.js";\nexport class Shout {\n  text = help() + twice(1);\n}\n' +
      'const help = () => "hey";\n',
  });
  assertEquals(run(script), [42, "hey2", 1]);
});

Deno.test("joinModules() keeps the imports of packages, by the paths that they have here", () => {
  const script = join({ "main.js": 'import htm from "htm";\nexport { htm };\n' });
  assertEquals(script.startsWith('import htm from "./htm.js";\n'), true);
});

Deno.test("joinModules() refuses syntax that it would join wrongly", () => {
  const rows: readonly (readonly [modules: Readonly<Record<string, string>>, message: string])[] = [
    [{ "main.js": 'import { a } from "./gone.js";\n' }, '"gone.js" is missing'],
    [
      { "main.js": 'import { a } from "./b.js";\n', "b.js": 'import { c } from "./main.js";\n' },
      "needs itself",
    ],
    [{ "main.js": 'import * as all from "./b.js";\n', "b.js": "" }, "has import *"],
    [{ "main.js": "export default 1;\n" }, "has export default"],
  ];
  for (const [modules, message] of rows) assertThrows(() => join(modules), TypeError, message);
});

Deno.test("withoutComments() leaves out comments on lines of their own, and nothing else", () => {
  const text =
    '/* one\n   two */\nlet a = "// no";\n  // gone\n  /** @type {A} */ (a).b();\n/** gone */\nlet c; // kept\n';
  assertEquals(withoutComments(text), 'let a = "// no";\n  /** @type {A} */ (a).b();\nlet c; // kept\n');
});
