/** Returns the parts of a path for the names of a pattern, as sent; undefined if the path does not match. */
export type PathPattern = (path: string) => ReadonlyMap<string, string> | undefined;

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "rest" };

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/**
 * Reads a pattern: `*` matches any text, also an empty one or with slashes; `:name` matches one segment that
 * is not empty.
 *
 * The work for a path is bounded by its length times the length of the pattern.
 */
export function parsePathPattern(pattern: string): PathPattern {
  const parts = splitPattern(pattern);
  if (parts.every(({ kind }) => kind === "text")) return (path) => path === pattern ? NO_NAMES : undefined;
  return (path) => matchParts(parts, path);
}

function splitPattern(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  for (const piece of pattern.split(/(\*|(?<=\/):[A-Za-z_][A-Za-z0-9_]*(?=\/|$))/)) {
    if (piece === "") continue;
    if (piece === "*") parts.push({ kind: "rest" });
    else if (/^:[A-Za-z_][A-Za-z0-9_]*$/.test(piece)) parts.push({ kind: "name", name: piece.slice(1) });
    else parts.push({ kind: "text", text: piece });
  }
  return parts;
}

function matchParts(parts: readonly Part[], path: string): ReadonlyMap<string, string> | undefined {
  const names = new Map<string, string>();
  let at = 0;
  let index = 0;
  // The position of the last "*", and the position in the path of its last trial.
  let lastRest = -1;
  let restEnd = 0;
  while (index < parts.length || at < path.length) {
    const part = parts[index];
    if (part?.kind === "rest") {
      lastRest = index++;
      restEnd = at;
      continue;
    }
    const end = part === undefined ? -1 : matchPart(part, path, at, names);
    if (end >= 0) {
      at = end;
      index++;
    } else if (lastRest >= 0 && restEnd < path.length) {
      at = ++restEnd;
      index = lastRest + 1;
    } else {
      return undefined;
    }
  }
  return names;
}

/** @returns the end of the part, -1 if it does not match */
function matchPart(
  part: Exclude<Part, { readonly kind: "rest" }>,
  path: string,
  at: number,
  names: Map<string, string>,
): number {
  if (part.kind === "text") return path.startsWith(part.text, at) ? at + part.text.length : -1;
  const slash = path.indexOf("/", at);
  const end = slash < 0 ? path.length : slash;
  if (end === at) return -1;
  names.set(part.name, path.slice(at, end));
  return end;
}
