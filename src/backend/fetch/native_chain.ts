// Lets an object of ours stand for a native one: it hands questions that it cannot settle to a native object.

// The method that console.log and util.inspect of Node and Bun look for.
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

type Members = Record<PropertyKey, unknown>;

/** Options of {@linkcode chainTo}. */
export interface NativeChain {
  /** The runtime's class. */
  readonly native: { readonly prototype: object };
  /** One of its objects, because the runtime's functions look for values that it keeps under symbols. */
  readonly sample: object;
  /** The native object of one of ours. */
  readonly nativeOf: (ours: object) => object;
}

/**
 * Chains a prototype of ours to that of a native class, and looks up every member that it lacks on the native
 * object.
 */
export function chainTo(prototype: object, { native, sample, nativeOf }: NativeChain): void {
  Object.setPrototypeOf(prototype, native.prototype);
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(native.prototype))) {
    const own = Object.getOwnPropertyDescriptor(prototype, name) ?? forwardMember(name, member, nativeOf);
    Object.defineProperty(prototype, name, { ...own, enumerable: member.enumerable ?? false });
  }
  for (const key of Object.getOwnPropertySymbols(sample)) {
    Object.defineProperty(prototype, key, forwardState(key, nativeOf));
  }
  Object.defineProperty(prototype, INSPECT, {
    value(this: object, ...args: unknown[]): unknown {
      const native = nativeOf(this) as Members;
      const inspect = native[INSPECT];
      return typeof inspect === "function" ? inspect.apply(native, args) : native;
    },
  });
}

/** A member of a native object that works on one of ours. */
function forwardMember(
  name: string,
  { value, get }: PropertyDescriptor,
  nativeOf: (ours: object) => object,
): PropertyDescriptor {
  if (typeof value === "function" && name !== "constructor") {
    const methods = {
      [name](this: object, ...args: unknown[]): unknown {
        return ((nativeOf(this) as Members)[name] as (...args: unknown[]) => unknown)(...args);
      },
    };
    return { value: methods[name], writable: true, configurable: true };
  }
  if (get === undefined) return { value, writable: true, configurable: true };
  return {
    get(this: object): unknown {
      return (nativeOf(this) as Members)[name];
    },
    configurable: true,
  };
}

function forwardState(key: symbol, nativeOf: (ours: object) => object): PropertyDescriptor {
  return {
    get(this: object): unknown {
      return (nativeOf(this) as Members)[key];
    },
    set(this: object, value: unknown): void {
      (nativeOf(this) as Members)[key] = value;
    },
  };
}
