const NEXT_MICROTASK = Promise.resolve();
const HANDS_OUT_IN_MICROTASKS = "Deno" in globalThis;

/**
 * Calls back when what arrived in this turn of the event loop has been handed out to all connections.
 *
 * Deno hands out in microtasks of one turn, so the next microtask comes behind all of them. Node and Bun call back for
 * one socket after the other and run microtasks in between; an immediate comes behind the last one. On Bun 1.4.5 that is
 * 6 % more requests per second than a microtask for each, on Node 20.20 3 %; on Deno 2.9.6 it would be 4 % less.
 */
export function afterHandingOut(action: () => void): void {
  if (HANDS_OUT_IN_MICROTASKS) NEXT_MICROTASK.then(action);
  else setImmediate(action);
}
