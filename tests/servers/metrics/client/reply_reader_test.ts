import { assertEquals } from "@std/assert";
import { ReplyReader, type ReplyTarget } from "../../../../src/servers/metrics/client/reply_reader.ts";
import { bytesOf } from "../../../support/latin1.ts";

Deno.test("ReplyReader reads replies in every split", () => {
  const bytes = bytesOf("ok\n\nok\na 1.0 1\nb 2.5 -2\n\nerror\nwrong command\n\nok\n\n");
  const expected = ["end", "a 1.0 1", "b 2.5 -2", "end", "refused: wrong command", "end"];
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new ReplyReader();
    const told: string[] = [];
    const target: ReplyTarget = {
      addRow: (line) => void told.push(new TextDecoder().decode(line)),
      finish: () => void told.push("end"),
      refuse: (reason) => void told.push(`refused: ${reason}`),
    };
    const waiting = [target, target, target, target];
    reader.push(bytes.subarray(0, cut), waiting);
    reader.push(bytes.subarray(cut), waiting);
    assertEquals([told, waiting.length], [expected, 0]);
  }
});
