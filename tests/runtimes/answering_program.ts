// The server of the conformance tests as a program: `answering_program.ts OPTIONS`, options of serve() as JSON.

import { argv } from "node:process";
import { listen, serve } from "../../mod.ts";
import { answer } from "../support/answering.ts";

const listener = await listen({ port: 0 });
serve(listener, answer, { lingerTimeoutMs: 500, ...JSON.parse(argv[2] ?? "{}") });
console.log(`millrace answering listening on http://127.0.0.1:${listener.address.port}/`);
