import { execFile } from "node:child_process";
import { promisify } from "node:util";

// Bound, and closed without removing it: as a killed program leaves it.
const SCRIPT = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";

/** Leaves a unix socket without a listener in the file system. */
export async function leaveStaleSocket(path: string): Promise<void> {
  await promisify(execFile)("python3", ["-c", SCRIPT, path]);
}
