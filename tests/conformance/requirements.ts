import type { Requirement } from "../support/requirements.ts";
import { RFC9110_CONDITIONS } from "../testdata/conformance/rfc9110_conditions.ts";
import { RFC9110_FIELDS } from "../testdata/conformance/rfc9110_fields.ts";
import { RFC9110_METHODS } from "../testdata/conformance/rfc9110_methods.ts";
import { RFC9110_STATUSES } from "../testdata/conformance/rfc9110_statuses.ts";
import { RFC9112_EXCHANGES } from "../testdata/conformance/rfc9112.ts";
import { RFC9110_PROBES } from "./rfc9110_probes.ts";
import { RFC9112_PROBES } from "./rfc9112_probes.ts";

/** What HTTP/1.1 (RFC 9112) demands of an origin server, in the order of the sections. */
export const RFC9112: readonly Requirement[] = inOrder([...RFC9112_EXCHANGES, ...RFC9112_PROBES]);

/** What HTTP semantics (RFC 9110) demand of an origin server, in the order of the sections. */
export const RFC9110: readonly Requirement[] = inOrder([
  ...RFC9110_FIELDS,
  ...RFC9110_METHODS,
  ...RFC9110_CONDITIONS,
  ...RFC9110_STATUSES,
  ...RFC9110_PROBES,
]);

function inOrder(requirements: readonly Requirement[]): readonly Requirement[] {
  return [...requirements].sort(([left], [right]) => left.localeCompare(right, "en", { numeric: true }));
}
