import { assertEquals } from "@std/assert";
import { readReport } from "./test_report.ts";

const CASES = `Check tests/a_test.ts
running 6 tests from ./tests/a_test.ts
\x1b[0m\x1b[32mgood\x1b[0m ... ok (1ms)
old runtimes: skipped, none installed ... ignored (0ms)
bad (§ 1) ...
------- output -------
hello
----- output end -----
bad (§ 1) ... FAILED (2ms)
steps ...
  first ... FAILED (0ms)
  second ... ok (1ms)
steps ... FAILED (due to 1 failed step) (1ms)
running 2 tests from ./tests/b/late_test.ts
late ...
Uncaught error from ./tests/b/late_test.ts FAILED
late ... cancelled (0ms)
`;

const ERRORS = `
 ERRORS 

bad (§ 1) => ./tests/a_test.ts:2:6
error: AssertionError: Values are not equal.


-   1
+   2

    at assertEquals (file:///assert.js:1:1)
    at file:///repository/tests/a_test.ts:2:67
    at file:///repository/tests/a_test.ts:3:1

steps ... first => ./tests/a_test.ts:3:43
error: TypeError: in step
    at file:///repository/tests/a_test.ts:3:71

./tests/b/late_test.ts (uncaught error)
error: Error: later

 FAILURES 

bad (§ 1) => ./tests/a_test.ts:2:6

FAILED | 1 passed | 3 failed (1s)
`;

Deno.test("readReport() finds each failed case with its file, its message and its place in the tests", () => {
  const { passed, failures, skipped, isComplete, unfinished } = readReport(CASES + ERRORS);
  assertEquals([passed, skipped], [1, ["old runtimes: skipped, none installed"]]);
  assertEquals([isComplete, unfinished], [true, undefined]);
  assertEquals(failures, [
    {
      name: "bad (§ 1)",
      file: "tests/a_test.ts",
      error: [
        "error: AssertionError: Values are not equal.",
        "-   1",
        "+   2",
        "    at file:///repository/tests/a_test.ts:2:67",
      ],
    },
    {
      name: "steps",
      file: "tests/a_test.ts",
      error: ["error: TypeError: in step", "    at file:///repository/tests/a_test.ts:3:71"],
    },
    {
      name: "an error outside of all cases",
      file: "tests/b/late_test.ts",
      error: ["error: Error: later"],
    },
  ]);
});

Deno.test("readReport() joins the name and the result of a case that took minutes", () => {
  const reminders = "'it isn't quick' has been running for over (1m0s)\n".repeat(2);
  const { passed, failures } = readReport(
    `running 2 tests from ./tests/a_test.ts\nit isn't quick ...${reminders} ok (2m)\nslow ...'slow' has been running ` +
      "for over (1m0s)\n FAILED (1m)\n",
  );
  assertEquals([passed, failures.map(({ name }) => name)], [1, ["slow"]]);
});

Deno.test("readReport() names the case that had no result when the output was cut off", () => {
  for (
    const rest of [
      "hangs ...",
      "hangs ...\n------- output -------\nhello\n",
      "hangs ...'hangs' has been running for over (4m0s)\n",
    ]
  ) {
    const { passed, unfinished } = readReport(
      `running 3 tests from ./tests/a_test.ts\ngood ... ok (1ms)\n${rest}`,
    );
    assertEquals([passed, unfinished], [1, { name: "hangs", file: "tests/a_test.ts" }]);
  }
});

Deno.test("readReport() gives a case without a message when the output was cut off before the errors", () => {
  const { failures, isComplete } = readReport(CASES);
  assertEquals([failures.map(({ error }) => error), isComplete], [[[], [], []], false]);
});
