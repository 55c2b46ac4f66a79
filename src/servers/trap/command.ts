import type { Command } from "../../program/command.ts";
import { TRAP_FLAGS } from "./flags.ts";

/** `mod.ts trap`: the request trap. */
export const trapCommand: Command<typeof TRAP_FLAGS> = {
  name: "trap",
  summary: "request trap: answers 200 to everything, keeps every byte",
  examples: [
    { line: "trap", does: "catches requests on port 5000, and shows them on http://127.0.0.1:5001/" },
    { line: "trap --data requests.db --keep 10000", does: "keeps the last ten thousand across restarts" },
  ],
  flags: TRAP_FLAGS,
  mentionsPort: true,
  async start(context) {
    const { startTrap } = await import("./start.ts");
    return await startTrap(context);
  },
};
