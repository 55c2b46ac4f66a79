import { assertEquals } from "@std/assert";
import { exchange } from "../support/loopback.ts";
import { startScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const PROGRAM = new URL("./fetch_methods_program.ts", import.meta.url);
const CARRIED = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"];
const UNUSUAL = ["FOO", "BREW", "!", "patch", "get", "Post", "TRACE", "trace", "TRACK"];

for (const runtime of RUNTIMES) {
  testOn(
    runtime,
    "serve() gives a web-standard handler each method as it was sent, or responds 501",
    async (binary) => {
      const program = await startScript(PROGRAM, binary);
      const seenAs = async (method: string): Promise<string> => {
        const request = `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
        const response = await exchange(program.port, request);
        return response.startsWith("HTTP/1.1 501 ")
          ? "501"
          : response.slice(response.indexOf("\r\n\r\n") + 4);
      };
      try {
        assertEquals(await Promise.all(CARRIED.map(seenAs)), CARRIED);
        const seen = await Promise.all(UNUSUAL.map(seenAs));
        assertEquals(seen, UNUSUAL.map((method, index) => seen[index] === "501" ? "501" : method));
      } finally {
        await program.stop();
      }
    },
  );
}
