import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Clock, SYSTEM_CLOCK } from "../../../src/base/clock.ts";
import { counter, Figures } from "../../../src/program/admin/figures.ts";
import { Reporter } from "../../../src/program/admin/reporter.ts";
import { runServer } from "../../../src/servers/metrics/run_server.ts";
import { exchangeWithEnd } from "../../support/loopback.ts";

Deno.test("Reporter sends figures to a metrics server, and goes on while that is away", async () => {
  const figures = new Figures();
  figures.add(() => [counter("things_total", "Things", 7)]);
  const changes: string[] = [];
  const first = await runServer("127.0.0.1", 0);
  const { port } = first.address;
  const reporter = new Reporter({
    figures,
    endpoint: { hostname: "127.0.0.1", port: port! },
    prefix: "millrace.app",
    clock: SYSTEM_CLOCK,
    onChange: (message) => void changes.push(message.replace(String(port), "PORT")),
  });
  await reporter.report();
  assertStringIncludes(await exchangeWithEnd(port!, "get *\n"), "millrace.app.things_total 7");
  await first.close();
  await reporter.report();
  await reporter.report();
  const second = await runServer("127.0.0.1", port!);
  await reporter.report();
  assertStringIncludes(await exchangeWithEnd(port!, "get *\n"), "millrace.app.things_total 7");
  assertEquals(changes, [
    "cannot report to 127.0.0.1:PORT: it is out of reach",
    "reports reach 127.0.0.1:PORT again",
  ]);
  reporter.close();
  await second.close();
});

// Its timers fire at once: the time for a report is over before its connection opens.
const IMPATIENT_CLOCK: Clock = {
  ...SYSTEM_CLOCK,
  after: (_delayMs, callback) => {
    callback();
    return () => {};
  },
};

Deno.test("Reporter sends nothing over a connection that opens too late, or after it was closed", async () => {
  const figures = new Figures();
  figures.add(() => [counter("things_total", "Things", 7)]);
  const server = await runServer("127.0.0.1", 0);
  const port = server.address.port!;
  const changes: string[] = [];
  const reporterOn = (clock: Clock): Reporter =>
    new Reporter({
      figures,
      endpoint: { hostname: "127.0.0.1", port },
      prefix: "millrace.app",
      clock,
      onChange: (message) => void changes.push(message),
    });
  const late = reporterOn(IMPATIENT_CLOCK);
  await late.report();
  late.close();
  const closed = reporterOn(SYSTEM_CLOCK);
  const report = closed.report();
  closed.close();
  await report;
  assert(!(await exchangeWithEnd(port, "get *\n")).includes("things_total"));
  assertEquals(changes, [`cannot report to 127.0.0.1:${port}: it is out of reach`]);
  await server.close();
});
