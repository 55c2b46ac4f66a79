// A server as a process of its own, with a file or without: it ends only by being killed.
import { runServer } from "../../../src/servers/metrics/run_server.ts";

const [dataFile, sealAfterPuts] = Deno.args;
const options = dataFile === undefined
  ? {}
  : { dataFile, sealAfterPuts: Number(sealAfterPuts), sweepIntervalMs: 20 };
const server = await runServer("127.0.0.1", 0, options);
await Deno.stdout.write(new TextEncoder().encode(`${server.address.port}\n`));
