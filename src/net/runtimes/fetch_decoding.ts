/**
 * Whether `fetch` has undone these codings of a response, which still names them.
 *
 * @param codings the parts of Content-Encoding between its commas, without spaces
 */
export type IsDecoded = (codings: readonly string[]) => boolean;

const DECODED = /^(?:gzip|x-gzip|deflate|br)$/i;
// The two that Deno 2.9.6 asks for.
const DECODED_BY_DENO = /^(?:gzip|br)$/i;
const NONE = /^(?:identity)?$/i;

/** Finds the codings that the `fetch` of this runtime undoes; zstd depends on its version, and is not among them. */
export function findFetchDecoding(): IsDecoded {
  const { Bun, Deno } = globalThis as { readonly Bun?: unknown; readonly Deno?: unknown };
  if (Deno !== undefined) {
    return ([coding = "", ...others]) => DECODED_BY_DENO.test(coding) && others.length === 0;
  }
  if (Bun === undefined) return (codings) => codings.every((coding) => DECODED.test(coding));
  // Bun 1.4.5 undoes a single one.
  return (codings) => {
    const [coding = "", ...others] = codings.filter((coding) => !NONE.test(coding));
    return DECODED.test(coding) && others.length === 0;
  };
}
