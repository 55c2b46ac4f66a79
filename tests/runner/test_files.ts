import { ROOT } from "../support/program.ts";

const REPOSITORY = new URL(`file://${ROOT}`);
const TESTS = new URL("tests/", REPOSITORY);
const TEST_FILE = /_test\.ts$/;
const IMPORT = /^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)"/gm;

/** All files of tests below a folder, sorted, as paths below the repository. */
export function findTests(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, REPOSITORY))]
    .flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      if (isDirectory) return findTests(path);
      return TEST_FILE.test(name) ? [path] : [];
    })
    .sort();
}

/**
 * Whether a file of the tests contains some code, by itself or by what it imports from the tests.
 *
 * @param path below the repository
 */
export function contains(path: string, code: RegExp): boolean {
  return isIn(new URL(path, REPOSITORY), code, new Set());
}

function isIn(file: URL, code: RegExp, seen: Set<string>): boolean {
  if (seen.has(file.href) || !file.href.startsWith(TESTS.href)) return false;
  seen.add(file.href);
  const text = Deno.readTextFileSync(file);
  return code.test(text) ||
    Array.from(text.matchAll(IMPORT), ([, path]) => new URL(path!, file)).some((to) => isIn(to, code, seen));
}
