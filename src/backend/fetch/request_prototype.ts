import { LazyRequest, UncloneableRequest } from "./lazy_request.ts";

// What console.log and util.inspect of Node and Bun ask an object for.
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

type Members = Record<PropertyKey, unknown>;

/**
 * Chains lazy requests to the runtime's Request: they are instances of it, and what they do not say themselves, a native
 * request says. Changes nothing when it is called again.
 */
export function chainToRequest(): void {
  const prototype = LazyRequest.prototype;
  const native = Request.prototype;
  if (prototype instanceof Request) return;
  Object.setPrototypeOf(prototype, native);
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(native))) {
    const own = Object.getOwnPropertyDescriptor(prototype, name) ?? forwardMember(name, member);
    Object.defineProperty(prototype, name, { ...own, enumerable: member.enumerable ?? false });
  }
  // What a native request keeps under symbols is what `new Request(request)` and `fetch(request)` look for.
  for (const key of Object.getOwnPropertySymbols(new Request("http://localhost/"))) {
    Object.defineProperty(prototype, key, forwardState(key));
  }
  if (!(INSPECT in native)) Object.defineProperty(prototype, INSPECT, { value: inspectNative });
  for (const { prototype } of [LazyRequest, UncloneableRequest]) {
    Object.defineProperty(prototype, "constructor", { value: Request, writable: true, configurable: true });
  }
}

/** A member of a native request that works on a lazy one. */
function forwardMember(name: string, { value, get }: PropertyDescriptor): PropertyDescriptor {
  if (typeof value === "function") {
    return {
      value(this: LazyRequest, ...args: unknown[]): unknown {
        return (nativeOf(this)[name] as (...args: unknown[]) => unknown)(...args);
      },
      writable: true,
      configurable: true,
    };
  }
  if (get === undefined) return { value, writable: true, configurable: true };
  return {
    get(this: LazyRequest): unknown {
      return nativeOf(this)[name];
    },
    configurable: true,
  };
}

function forwardState(key: symbol): PropertyDescriptor {
  return {
    get(this: LazyRequest): unknown {
      return nativeOf(this)[key];
    },
    set(this: LazyRequest, value: unknown): void {
      nativeOf(this)[key] = value;
    },
  };
}

function nativeOf(request: LazyRequest): Members {
  const native = LazyRequest.unwrap(request);
  if (native === undefined) throw new TypeError("Illegal invocation");
  return native as unknown as Members;
}

function inspectNative(this: LazyRequest): unknown {
  return LazyRequest.unwrap(this);
}
