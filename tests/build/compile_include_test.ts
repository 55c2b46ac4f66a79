import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** Modules of src that are imported while the program runs, as paths below the root. */
async function findLateModules(directory: URL): Promise<string[]> {
  const modules: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const url = new URL(isDirectory ? `${name}/` : name, directory);
    if (isDirectory) modules.push(...await findLateModules(url));
    if (!name.endsWith(".ts")) continue;
    const text = await Deno.readTextFile(url);
    for (const [, specifier] of text.matchAll(/await import\("(\.[^"]+)"\)/g)) {
      modules.push(new URL(specifier!, url).href.slice(ROOT.href.length));
    }
  }
  return modules;
}

Deno.test("deno.json has `deno compile` include every module that is imported late", async () => {
  const { compile } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const late = new Set(await findLateModules(new URL("src/", ROOT)));
  assertEquals(compile.include, [...late].sort());
});
