// The figures of a server that speaks HTTP, as the admin routes tell them.

import type { ServerFigures } from "../../serving/figures.ts";
import {
  COUNTED_METHODS,
  countOf,
  DURATION_BOUNDS_MS,
  type ResponseFigures,
} from "../../serving/response_counters.ts";
import { counter, type Figure, type FigureSample, gauge, histogram, samplesOf } from "./figures.ts";

const MS_PER_SECOND = 1_000;
const STATUS_CLASSES = [1, 2, 3, 4, 5] as const;
const DURATION_BOUNDS_SECONDS: readonly number[] = DURATION_BOUNDS_MS.map((bound) => bound / MS_PER_SECOND);

/** The figures of a server that speaks HTTP. */
export function figuresOfServer(figures: ServerFigures): readonly Figure[] {
  const { responses } = figures;
  return [
    counter("requests_total", "Responses by method and status class", samplesOfResponses(responses)),
    gauge("requests_in_flight", "Requests whose response is not complete", figures.requestsInFlight),
    histogram("request_duration_seconds", "Time from the complete head to the response", {
      bounds: DURATION_BOUNDS_SECONDS,
      counts: responses.durations,
      sum: responses.durationSumMs / MS_PER_SECOND,
    }),
    ...figuresOfConnections(figures),
  ];
}

/** The figures of any server's connections, whatever their protocol. */
export function figuresOfConnections(
  figures: Omit<ServerFigures, "requests" | "requestsInFlight" | "responses">,
): readonly Figure[] {
  return [
    counter("received_bytes_total", "Bytes read from clients", figures.receivedBytes),
    counter("sent_bytes_total", "Bytes given to the system for clients", figures.sentBytes),
    gauge("connections_open", "Connections open now", figures.openConnections),
    counter(
      "connections_accepted_total",
      "Connections accepted, refused ones too",
      figures.acceptedConnections,
    ),
    counter(
      "connections_refused_total",
      "Connections refused by reason",
      samplesOf("reason", figures.refusedConnections),
    ),
    counter("timeouts_total", "Time-outs by what was waited for", samplesOf("kind", figures.timeouts)),
    gauge("held_bytes", "Bytes held for clients", figures.heldBytes),
    gauge("held_bytes_limit", "How many bytes may be held for clients", figures.maxBufferedBytes),
  ];
}

/** Adds up the work of several workers of a server. @param all at least one */
export function sumServerFigures(all: readonly ServerFigures[]): ServerFigures {
  return all.reduce((a, b) => addUp(a, b) as ServerFigures);
}

/** Adds numbers, and objects of numbers of the same shape. */
function addUp(a: unknown, b: unknown): unknown {
  if (typeof a === "number") return a + (b as number);
  if (Array.isArray(a)) return a.map((item, index) => addUp(item, (b as unknown[])[index]));
  const names = Object.keys(a as object);
  return Object.fromEntries(
    names.map((
      name,
    ) => [name, addUp((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name])]),
  );
}

function samplesOfResponses(responses: ResponseFigures): FigureSample[] {
  return COUNTED_METHODS.flatMap((method, index) =>
    STATUS_CLASSES.map((statusClass) => ({
      labels: { method, status: `${statusClass}xx` },
      value: countOf(responses, index, statusClass),
    })).filter(({ value }) => value > 0)
  );
}
