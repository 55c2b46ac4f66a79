// deno-lint-ignore-file no-console -- a program: its progress goes to stderr, its findings to stdout
// The soak: `deno task soak --seconds N --clients N --seed N`, or `deno task soak cluster --kills N --seed N` for the
// shared store. Exits 1 when something was not as it must be.

import { parseArgs } from "@std/cli/parse-args";
import { soakCluster } from "./cluster_soak.ts";
import { soak, type SoakReport } from "./soak.ts";

const MEBIBYTE = 2 ** 20;
const MAX_MEBIBYTES = 256;
// The last third of the time compared with the one before: a larger ratio is a leak.
const MAX_GROWTH_MEBIBYTES = 24;
const SECONDS_BETWEEN_LINES = 10;

async function main(): Promise<number> {
  const { _: [subject], seconds, clients, kills, seed } = parseArgs(Deno.args, {
    string: ["seconds", "clients", "kills", "seed"],
    default: { seconds: "60", clients: "32", kills: "10", seed: String(Date.now() % 1_000_000_000) },
  });
  if (subject === "cluster") {
    console.error(`soaking a cluster with ${kills} kills, seed ${seed}`);
    return await soakCluster({ kills: Number(kills), seed: Number(seed) }) ? 0 : 1;
  }
  console.error(`soaking for ${seconds} s with ${clients} clients, seed ${seed}`);
  let second = 0;
  const report = await soak({
    seconds: Number(seconds),
    clients: Number(clients),
    seed: Number(seed),
    onSecond(acts, resident) {
      if (++second % SECONDS_BETWEEN_LINES > 0) return;
      console.error(`${second} s: ${acts} acts, ${Math.round((resident ?? NaN) / MEBIBYTE)} MiB`);
    },
  });
  for (const [name, count] of report.counts) console.log(`${String(count).padStart(8)} ${name}`);
  const faults = findFaults(report);
  for (const fault of faults) console.log(`wrong: ${fault}`);
  console.log(faults.length === 0 ? "all responses were right, nothing was left" : `${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

function findFaults({ residentBytes, descriptorsLeft, exitCode }: SoakReport): string[] {
  const faults: string[] = [];
  const third = Math.floor(residentBytes.length / 3);
  const [before, last] = [residentBytes.slice(third, 2 * third), residentBytes.slice(2 * third)].map((
    bytes,
  ) => Math.max(0, ...bytes) / MEBIBYTE) as [number, number];
  if (last > MAX_MEBIBYTES) faults.push(`memory reached ${Math.round(last)} MiB`);
  if (third > 0 && last - before > MAX_GROWTH_MEBIBYTES) {
    faults.push(`memory grew from ${Math.round(before)} to ${Math.round(last)} MiB`);
  }
  if (descriptorsLeft !== undefined && descriptorsLeft !== 0) {
    faults.push(`${descriptorsLeft} descriptors are left`);
  }
  if (exitCode !== 0) faults.push(`the server ended with code ${exitCode}`);
  return faults;
}

if (import.meta.main) Deno.exit(await main());
