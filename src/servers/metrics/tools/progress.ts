import type { ToolContext } from "../../../program/tool.ts";

const LINE_INTERVAL_MS = 1_000;

/** Shows the progress of a tool. @param describe makes the line, if one is due */
export type ShowProgress = (describe: () => string) => void;

/** Shows progress on a terminal, a line a second at the most; elsewhere nothing. */
export function createProgress(
  { isTerminal, printError }: Pick<ToolContext<unknown>, "isTerminal" | "printError">,
): ShowProgress {
  let shownAtMs = -Infinity;
  return (describe) => {
    if (!isTerminal || performance.now() - shownAtMs < LINE_INTERVAL_MS) return;
    shownAtMs = performance.now();
    printError(describe());
  };
}
