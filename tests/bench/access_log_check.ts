import type { Bench } from "./section.ts";
import { ACCESS_LOG } from "./peers/peers.ts";

const LF = 10;

/**
 * Counts the lines of the access log and removes it, after its server has ended. A fast log that leaves requests out
 * would be worth nothing.
 *
 * @returns what is wrong when there are fewer lines than responses; undefined when all is well
 */
export async function checkAccessLog(bench: Bench, responses: number): Promise<string | undefined> {
  const path = `${bench.folder}/${ACCESS_LOG}`;
  let lines = 0;
  const file = await Deno.open(path);
  for await (const bytes of file.readable) lines += countLines(bytes);
  await Deno.remove(path);
  return lines < responses ? `the access log has only ${lines} lines for ${responses} responses` : undefined;
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}
