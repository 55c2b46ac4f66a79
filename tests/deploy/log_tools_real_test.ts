import { COMMANDS } from "../../src/commands.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readLogUntil } from "../support/log_lines.ts";
import { exchange } from "../support/loopback.ts";
import { type Program, startProgram, withDirectory } from "../support/program.ts";
import { hasTool, runTool } from "../support/tool.ts";

const CLOSE = "Host: a\r\nConnection: close\r\n\r\n";

Deno.test({
  name: "goaccess reads every line of the combined format, whatever clients send (needs goaccess)",
  ignore: !hasTool("goaccess"),
  fn: () =>
    withDirectory(async (directory) => {
      const log = `${directory}/access.log`;
      for (const command of ["static", "app"]) {
        const flags = [command, "--access-log", log, "--error-log", "off", "--log-format", "combined"];
        if (command === "app") flags.push("--non-http", "close");
        const program = await startProgram(flags, { writable: [directory] });
        const requests = [
          `GET / HTTP/1.1\r\nUser-Agent: Mozilla/5.0 "quoted" \\ back\r\nReferer: http://a/"x\r\n${CLOSE}`,
          `GET /?q="x"\\ HTTP/1.1\r\nUser-Agent: ends with \\\r\n${CLOSE}`,
          `GET /caf\xe9 HTTP/1.1\r\nUser-Agent: \xff\xfe\ttab\r\n${CLOSE}`,
          `BREW / HTTP/1.1\r\n${CLOSE}`,
          `GET /a HTTP/1.0\r\n\r\n`,
          `POST / HTTP/1.1\r\nContent-Length: 3\r\n${CLOSE}a\nb`,
          "hello\r\n\r\n",
          "\x16\x03\x01",
        ];
        for (const request of requests) {
          await exchange(program.port, Uint8Array.from(request, (character) => character.charCodeAt(0)));
        }
        assertEquals((await program.stop()).code, 0);
        const lines = (await Deno.readTextFile(log)).trimEnd().split("\n").length;
        assertEquals(lines, requests.length, command);
        const report = `${directory}/report.json`;
        const { output } = await runTool("goaccess", [
          log,
          "--log-format=COMBINED",
          "--no-global-config",
          "-o",
          report,
        ]);
        const { general } = JSON.parse(await Deno.readTextFile(report));
        assertEquals([general.valid_requests, general.failed_requests], [lines, 0], output);
        await Deno.remove(log);
      }
    }),
});

/** Sends numbered requests, one after the other, until told to stop. @returns how many got a response */
async function sendUntil(program: Program, isOver: () => boolean): Promise<number> {
  let count = 0;
  while (!isOver()) await exchange(program.port, `GET /n${count++} HTTP/1.1\r\n${CLOSE}`);
  return count;
}

for (const way of ["rename", "copytruncate"]) {
  Deno.test({
    name: `logrotate with ${way} loses and doubles no line under load (needs logrotate)`,
    ignore: !hasTool("logrotate"),
    fn: () =>
      withDirectory(async (directory) => {
        const log = `${directory}/access.log`;
        const program = await startProgram(
          ["--access-log", log, "--error-log", `${directory}/error.log`, "--log-format", "combined"],
          { writable: [directory] },
        );
        const configuration = `${log} {\n  su root root\n  rotate 9\n  ${
          way === "rename"
            ? `nocreate\n  postrotate\n    kill -HUP ${program.pid}\n  endscript`
            : "copytruncate"
        }\n}\n`;
        await Deno.writeTextFile(`${directory}/rotate.conf`, configuration);
        let isOver = false;
        const sent = sendUntil(program, () => isOver);
        for (let turn = 0; turn < 3; turn++) {
          // copytruncate loses, by its nature, the lines between its copy and its truncation: that much is allowed.
          const { code, output } = await runTool("logrotate", [
            "-f",
            "-s",
            `${directory}/state`,
            `${directory}/rotate.conf`,
          ]);
          assertEquals(code, 0, output);
          // Before the server handles the signal there is no log to rotate.
          if (way === "rename") {
            await readLogUntil(`${directory}/error.log`, new RegExp(`(opened again[^]*){${turn + 1}}`));
          }
        }
        isOver = true;
        const count = await sent;
        assertEquals((await program.stop()).code, 0);
        const seen: number[] = [];
        for (const name of ["access.log.3", "access.log.2", "access.log.1", "access.log"]) {
          const text = await Deno.readTextFile(`${directory}/${name}`).catch(() => "");
          assertEquals(/^$|\n$/.test(text), true, name);
          assertEquals(text.includes("\0"), false, name);
          for (const [, number] of text.matchAll(/GET \/n(\d+) /g)) seen.push(Number(number));
        }
        assertEquals(new Set(seen).size, seen.length, "a line occurs twice");
        if (way === "rename") assertEquals(seen, Array.from({ length: count }, (_, number) => number));
        else assertEquals(seen, seen.toSorted((a, b) => a - b));
      }),
  });
}

Deno.test({
  name: "promtool accepts the figures of every server (needs promtool)",
  ignore: !hasTool("promtool"),
  fn: async () => {
    for (const { name: command } of COMMANDS) {
      const flags = ["--admin-port", "0", "--access-log", "off", "--error-log", "off"];
      const program = await startProgram([
        command,
        ...flags,
        ...(command === "trap" ? ["--log", "off"] : []),
      ]);
      await program.until("stdout", "admin listening on");
      const [, port] = /admin listening on http:\/\/127\.0\.0\.1:(\d+)\//.exec(program.stdout)!;
      const response = await exchange(Number(port), `GET /metrics HTTP/1.1\r\n${CLOSE}`);
      const text = response.slice(response.indexOf("\r\n\r\n") + 4);
      assertStringIncludes(text, `command="${command}"`);
      const { code, output } = await runTool("promtool", ["check", "metrics"], text);
      assertEquals([code, output], [0, ""], command);
      assertEquals((await program.stop()).code, 0);
    }
  },
});
