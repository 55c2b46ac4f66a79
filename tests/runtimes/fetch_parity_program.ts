// deno-lint-ignore-file no-console -- a program: differences go to stdout
import { compareRequests } from "../backend/fetch/request_parity.ts";

const NativeResponse = Response;
const plain = await compareRequests({ isOverriding: false });
const overriding = await compareRequests({ isOverriding: true });
const made = new Response("text", { headers: { "x-a": "1" } });
const isReplaced = Response !== NativeResponse && made.constructor === Response &&
  made instanceof NativeResponse;
const fetched = await fetch("data:text/plain,hello");
console.log(
  JSON.stringify({ plain, overriding, isReplaced, isInstance: fetched instanceof Response }),
);
