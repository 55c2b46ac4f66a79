// The costs of a process, read from Linux's /proc; undefined everywhere else.

/** Memory of a process in bytes. */
export interface Memory {
  /** Resident now (VmRSS). */
  readonly residentBytes: number;
  /** The peak since its start or since the last reset (VmHWM). */
  readonly peakBytes: number;
}

// Linux reports times in ticks of 1/100 s on every architecture in use (USER_HZ).
const TICKS_PER_SECOND = 100;
const SAMPLE_INTERVAL_MS = 50;

/** CPU seconds, user and system, of a process with all its threads and child processes. */
export function readCpuSeconds(pid: number): number | undefined {
  const stat = readProc(pid, "stat");
  if (stat === undefined) return undefined;
  // Field 2 is the name in parentheses and may hold anything; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ownSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  return children(pid).reduce((sum, child) => sum + (readCpuSeconds(child) ?? 0), ownSeconds);
}

/** Memory of one process, without its children. */
export function readMemory(pid: number): Memory | undefined {
  const status = readProc(pid, "status");
  // A process that has just ended has a status, but no memory.
  if (status === undefined || !status.includes("VmRSS")) return undefined;
  return { residentBytes: readKilobytes(status, "VmRSS"), peakBytes: readKilobytes(status, "VmHWM") };
}

/**
 * Watches the memory of a process while something happens.
 *
 * @returns bytes by which the peak exceeds the beginning; undefined if it cannot be seen
 */
export async function measurePeakGrowth(
  pid: number,
  action: () => Promise<void>,
): Promise<number | undefined> {
  const isReset = resetPeak(pid);
  const before = readMemory(pid);
  let peakBytes = before?.residentBytes ?? 0;
  const sample = (): void => {
    const now = readMemory(pid);
    if (now !== undefined) peakBytes = Math.max(peakBytes, isReset ? now.peakBytes : now.residentBytes);
  };
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  try {
    await action();
  } finally {
    clearInterval(timer);
  }
  sample();
  return before === undefined ? undefined : peakBytes - before.residentBytes;
}

// Without the reset VmHWM still holds the peak of the start, so only samples of VmRSS count.
function resetPeak(pid: number): boolean {
  try {
    Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5", { create: false });
    return true;
  } catch {
    return false;
  }
}

function children(pid: number): number[] {
  const list = readProc(pid, `task/${pid}/children`) ?? "";
  return list.split(" ").filter((text) => text !== "").map(Number);
}

function readKilobytes(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status);
  return Number(match?.[1] ?? NaN) * 1_024;
}

function readProc(pid: number, name: string): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${name}`).trim();
  } catch {
    return undefined;
  }
}
