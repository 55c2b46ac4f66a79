// Fails when too few lines of src are covered: `coverage_gate.ts DIRECTORY`, where the test tasks have written their
// coverage into folders of DIRECTORY with `--coverage=DIRECTORY`.

const TOTAL_PERCENT = 95;
// Code that depends on bytes alone can be tested completely.
const WHOLE_FOLDERS = ["src/http/", "src/bytes/"];

interface FileCoverage {
  readonly path: string;
  readonly lines: number;
  readonly missed: readonly number[];
}

/** Removes the unfinished files of processes that a test has killed, since nothing can read them. */
async function removeUnfinished(directory: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (!isFile || !name.endsWith(".json")) continue;
    const path = `${directory}/${name}`;
    try {
      JSON.parse(await Deno.readTextFile(path));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      await Deno.remove(path);
    }
  }
}

async function readCoverage(folders: readonly string[]): Promise<FileCoverage[]> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["coverage", "--lcov", ...folders],
  }).output();
  if (!success) throw new Error(`Cannot read coverage: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).split("end_of_record").map(parseRecord).filter(({ path }) =>
    path.startsWith("src/")
  );
}

/** Reads one record of lcov: `SF:` names the file, each `DA:` a line and how often it ran. */
function parseRecord(record: string): FileCoverage {
  const source = /^SF:(.*)$/m.exec(record)?.[1] ?? "";
  const runs = [...record.matchAll(/^DA:(\d+),(\d+)/gm)];
  return {
    path: source.slice(source.indexOf("/src/") + 1),
    lines: runs.length,
    missed: runs.filter(([, , count]) => count === "0").map(([, line]) => Number(line)),
  };
}

function percentOf(files: readonly FileCoverage[]): number {
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const missed = files.reduce((sum, file) => sum + file.missed.length, 0);
  return lines === 0 ? 0 : 100 * (lines - missed) / lines;
}

const [directory] = Deno.args;
if (directory === undefined) throw new TypeError("Cannot read coverage: expected its directory as argument");
const folders = [...Deno.readDirSync(directory)].map(({ name }) => `${directory}/${name}`);
for (const folder of folders) await removeUnfinished(folder);
const files = await readCoverage(folders);
let isEnough = true;
for (const folder of WHOLE_FOLDERS) {
  const inside = files.filter(({ path }) => path.startsWith(folder));
  if (inside.length === 0) throw new Error(`Cannot judge coverage: nothing of ${folder} was run`);
  console.log(`${folder}: ${percentOf(inside).toFixed(2)} % of lines`);
  for (const { path, missed } of inside) {
    if (missed.length === 0) continue;
    isEnough = false;
    console.log(`  ${path}: lines ${missed.join(", ")} never ran, expected all`);
  }
}
const total = percentOf(files);
console.log(`src/: ${total.toFixed(2)} % of lines, expected ${TOTAL_PERCENT}`);
for (const { path, lines, missed } of files) {
  if (missed.length > 0 && missed.length / lines > 0.1) {
    console.log(`  ${path}: ${missed.length} of ${lines} lines never ran`);
  }
}
Deno.exit(isEnough && total >= TOTAL_PERCENT ? 0 : 1);
