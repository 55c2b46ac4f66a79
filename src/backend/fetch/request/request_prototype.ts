import { LazyRequest, UncloneableRequest } from "./lazy_request.ts";
import { chainTo } from "../native_chain.ts";

/**
 * Chains lazy requests to the runtime's Request: they are instances of it, and a native request supplies the
 * members that they lack. Another call changes nothing.
 */
export function chainToRequest(): void {
  if (LazyRequest.prototype instanceof Request) return;
  chainTo(LazyRequest.prototype, { native: Request, sample: new Request("http://localhost/"), nativeOf });
  for (const { prototype } of [LazyRequest, UncloneableRequest]) {
    Object.defineProperty(prototype, "constructor", { value: Request, writable: true, configurable: true });
  }
}

function nativeOf(request: object): Request {
  const native = LazyRequest.unwrap(request);
  if (native === undefined) throw new TypeError("Illegal invocation");
  return native;
}
