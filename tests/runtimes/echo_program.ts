// The server of the conformance tests as a program: `echo_program.ts OPTIONS`, options of serve() as JSON.

import { argv } from "node:process";
import { listen, serve } from "../../mod.ts";
import { echo } from "../support/echo_server.ts";

const listener = await listen({ port: 0 });
serve(listener, echo, { lingerTimeoutMs: 500, ...JSON.parse(argv[2] ?? "{}") });
console.log(`millrace echo listening on http://127.0.0.1:${listener.address.port}/`);
