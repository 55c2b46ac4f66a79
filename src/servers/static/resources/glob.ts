// Patterns for paths: `*` stands for any letters within a name, `**` for any letters and slashes.

type Token = { readonly kind: "text"; readonly text: string } | {
  readonly kind: "name" | "path" | "folders";
};

/** A pattern, ready to be matched. */
export interface Glob {
  /** Its text. */
  readonly text: string;
  /** Whether it matches a whole path, such as `assets/app.js`. It takes time in proportion to both lengths. */
  matches(path: string): boolean;
}

/** Makes a pattern. `**` with a slash after it matches no folder as well as many. */
export function createGlob(text: string): Glob {
  const tokens = readTokens(text.replace(/^\//, ""));
  return { text, matches: (path) => matchesAll(tokens, path) };
}

function readTokens(text: string): Token[] {
  return text.split(/(\*\*\/|\*\*|\*)/).flatMap((part): Token[] => {
    switch (part) {
      case "":
        return [];
      case "*":
        return [{ kind: "name" }];
      case "**":
        return [{ kind: "path" }];
      case "**/":
        return [{ kind: "folders" }];
      default:
        return [{ kind: "text", text: part }];
    }
  });
}

/** Follows all ways through the pattern at once, so that no text makes it go back. */
function matchesAll(tokens: readonly Token[], path: string): boolean {
  let starts = new Set([0]);
  for (const token of tokens) {
    const ends = new Set<number>();
    for (const start of starts) addEnds(token, path, start, ends);
    starts = ends;
  }
  return starts.has(path.length);
}

function addEnds(token: Token, path: string, start: number, ends: Set<number>): void {
  if (token.kind === "text") {
    if (path.startsWith(token.text, start)) ends.add(start + token.text.length);
    return;
  }
  if (token.kind === "folders") return addFolderEnds(path, start, ends);
  for (let end = start; !ends.has(end) && end <= path.length; end++) {
    ends.add(end);
    if (token.kind === "name" && path[end] === "/") return;
  }
}

function addFolderEnds(path: string, start: number, ends: Set<number>): void {
  for (let end = start; !ends.has(end);) {
    ends.add(end);
    const slash = path.indexOf("/", end);
    if (slash < 0) return;
    end = slash + 1;
  }
}
