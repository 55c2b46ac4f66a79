import { assertEquals } from "@std/assert";
import { runScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./fetch_signal_program.ts", import.meta.url);

for (const runtime of RUNTIMES) {
  testOn(
    runtime,
    "Request.signal and that of a request made from it are aborted when the client leaves, with content unread too",
    async (binary) => {
      assertEquals(await runScript(ENTRY, binary), "GET made,request \nPOST made,request hello\n");
    },
  );
}
