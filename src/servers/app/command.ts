import type { Command } from "../../program/command.ts";
import { APP_FLAGS } from "./flags.ts";

/** `mod.ts app`: the interactive HTTP application. */
export const appCommand: Command<typeof APP_FLAGS> = {
  name: "app",
  summary: "interactive HTTP application (default)",
  examples: [
    { line: "app --port 8888", does: "the form page on http://127.0.0.1:8888/" },
    {
      line: "app --host :: --access-log - --non-http close",
      does: "for other machines too, logged to the terminal",
    },
  ],
  flags: APP_FLAGS,
  async start(context) {
    const { startApp } = await import("./start.ts");
    return await startApp(context);
  },
};
