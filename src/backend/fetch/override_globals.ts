import { createHeadersClass } from "./lazy_headers.ts";
import { FastResponse } from "./response/fast_response.ts";
import { LazyRequest } from "./request/lazy_request.ts";

/**
 * Puts {@linkcode FastResponse} in place of the global Response, makes the global Request and `fetch` take our
 * requests on every runtime, and the global Headers cheap. Another call changes nothing.
 *
 * Code that has kept the runtime's own Response from before goes on with that, correctly but no faster. A
 * Request kept from before cannot copy one of ours on Node from 22 on, and makes a GET of it on Bun 1.4.5 if
 * there is an init.
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
    Headers: createHeadersClass(),
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
