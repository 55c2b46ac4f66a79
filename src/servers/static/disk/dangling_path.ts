// realpath says that a part of a path is missing, but not whether it is inside the root or past a link that
// leads out.

import { lstat, readlink } from "node:fs/promises";
import { dirname, isAbsolute, join, parse, sep } from "node:path";

// As many as Linux follows; more are a loop.
const MAX_LINKS = 40;

/**
 * Follows a path that leads to nothing, link by link, as far as it goes. Nothing is opened.
 *
 * @param root the start: absolute, without links
 * @param segments the names that lead on from there
 * @returns the last place that exists, without links; the missing part would be in it
 */
export async function followWay(root: string, segments: readonly string[]): Promise<string> {
  let place = root;
  let links = 0;
  // The last one is the next.
  const names = [...segments].reverse();
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const path = name === ".." ? dirname(place) : join(place, name);
    if (isOnTheWayTo(root, path)) {
      place = path;
      continue;
    }
    const target = await look(path);
    // Whatever is in the way, the path goes no further than here.
    if (target === "nothing" || links === MAX_LINKS) return place;
    if (target === "no link") {
      place = path;
      continue;
    }
    links++;
    if (isAbsolute(target.to)) place = parse(target.to).root;
    names.push(...namesOf(target.to).reverse());
  }
  return place;
}

/**
 * The root and its parents exist, without links. Deno may not look at them, because --allow-read names only
 * the root.
 */
function isOnTheWayTo(root: string, path: string): boolean {
  return root === path || root.startsWith(path.endsWith(sep) ? path : path + sep);
}

async function look(path: string): Promise<"nothing" | "no link" | { readonly to: string }> {
  try {
    return (await lstat(path)).isSymbolicLink() ? { to: await readlink(path) } : "no link";
  } catch {
    return "nothing";
  }
}

/** The names in the target of a link. On Windows both slashes separate, elsewhere a backslash is part of a name. */
function namesOf(target: string): string[] {
  const path = isAbsolute(target) ? target.slice(parse(target).root.length) : target;
  return path.split(sep === "/" ? "/" : /[\\/]/).filter((name) => name !== "" && name !== ".");
}
