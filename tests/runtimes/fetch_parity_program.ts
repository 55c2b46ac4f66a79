// deno-lint-ignore-file no-console -- a program: what differs goes to stdout
import { compareRequests } from "../backend/fetch/request_parity.ts";

console.log(JSON.stringify(await compareRequests()));
