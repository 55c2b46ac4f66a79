import { FastResponse } from "./response/fast_response.ts";
import { LazyRequest } from "./request/lazy_request.ts";

/**
 * Puts {@linkcode FastResponse} in place of the global Response, and makes the global Request and `fetch`
 * take our requests on every runtime. Code that was loaded before and kept the runtime's own goes on with
 * that, correctly but no faster. Another call changes nothing.
 */
export function overrideGlobals(): void {
  const NativeResponse = Response;
  if (NativeResponse === FastResponse as unknown) return;
  // A response that the runtime made itself is an instance too.
  Object.defineProperty(FastResponse, Symbol.hasInstance, {
    value: (response: unknown) => response instanceof NativeResponse,
    // Test runners put the globals back, and call again.
    configurable: true,
  });
  const nativeFetch = fetch;
  Object.assign(globalThis, {
    Response: FastResponse,
    Request: new Proxy(Request, {
      construct: (target, [input, ...rest], newTarget) =>
        Reflect.construct(target, [unwrap(input), ...rest], newTarget),
    }),
    fetch: (...[input, init]: Parameters<typeof fetch>) => nativeFetch(unwrap(input), init),
  });
}

function unwrap<Input>(input: Input): Input | Request {
  return LazyRequest.unwrap(input) ?? input;
}
