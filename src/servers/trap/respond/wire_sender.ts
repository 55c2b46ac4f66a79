import type { Clock } from "../../../base/clock.ts";
import type { Connection } from "../../../net/connection.ts";
import type { WireBody } from "../../../http/response/response.ts";
import type { WireStep } from "./wire_plan.ts";

/** Parts of a sender on the wire. */
export interface WireTools {
  /** For slow sending. */
  readonly clock: Clock;
  /** Aborted when the client leaves, or when the server stops: then no more is sent. */
  readonly signal: AbortSignal;
  /** The connection, for a RST. */
  readonly connection: Pick<Connection, "reset" | "close">;
  /** Called with the bytes that have been sent. */
  readonly onSent: (bytes: Uint8Array) => void;
  /** Called once when no more will be sent. */
  readonly onEnd: () => void;
}

// At slower rates a step is one byte; at faster rates a step has more bytes.
const MIN_STEP_MS = 20;

/** Makes a body from these steps, and then ends the connection. */
export function createWireBody(steps: readonly WireStep[], tools: WireTools): WireBody {
  return {
    kind: "wire",
    async send(writer): Promise<"close"> {
      const write = async (bytes: Uint8Array): Promise<void> => {
        // The writer may hold the bytes until they are sent.
        const copy = bytes.slice();
        writer.addBytes(copy);
        await writer.flush();
        tools.onSent(copy);
      };
      try {
        await writer.flush();
        for (const step of steps) {
          if (tools.signal.aborted) break;
          await take(step, write, tools);
        }
      } finally {
        tools.onEnd();
      }
      return "close";
    },
  };
}

async function take(
  step: WireStep,
  write: (bytes: Uint8Array) => Promise<void>,
  tools: WireTools,
): Promise<void> {
  switch (step.kind) {
    case "send":
      return step.bytes.length === 0 ? undefined : await write(step.bytes);
    case "drip":
      return await drip(step, write, tools);
    case "silence":
      return await sleep(Infinity, tools);
    case "reset":
      if (tools.connection.reset === undefined) tools.connection.close();
      else tools.connection.reset();
  }
}

async function drip(
  { bytes, bytesPerSecond }: Extract<WireStep, { readonly kind: "drip" }>,
  write: (bytes: Uint8Array) => Promise<void>,
  tools: WireTools,
): Promise<void> {
  const stepMs = Math.max(MIN_STEP_MS, 1_000 / bytesPerSecond);
  const size = Math.max(1, Math.round(bytesPerSecond * stepMs / 1_000));
  for (let at = 0; at < bytes.length && !tools.signal.aborted; at += size) {
    await sleep(stepMs, tools);
    if (!tools.signal.aborted) await write(bytes.subarray(at, at + size));
  }
}

/** Waits for a time, or until no more is to be sent. */
function sleep(timeMs: number, { clock, signal }: WireTools): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      stop?.();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const stop = timeMs === Infinity ? undefined : clock.after(timeMs, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
