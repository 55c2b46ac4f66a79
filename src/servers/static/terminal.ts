// Lines for people at a terminal, besides the ready line, and the browser that is opened for them.

import { spawn } from "node:child_process";
import { networkInterfaces, platform } from "node:os";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isGranted } from "../../net/permission.ts";
import type { StaticOptions } from "./options.ts";

const WILDCARDS = new Set(["0.0.0.0", "::", "[::]"]);
const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/**
 * Lines for a terminal: the folder, and its address in the network, or why that is not known.
 *
 * @param host the address or name to listen on
 * @param url the URL of the server
 */
export async function terminalLines(root: string, host: string, url: string): Promise<readonly string[]> {
  const { pathname } = new URL(url);
  const lines = [`static serves ${resolve(root)}${pathname === "/" ? "" : ` below ${pathname}`}`];
  if (!WILDCARDS.has(host)) return lines;
  if (!await isGranted("sys")) {
    return [...lines, "static: its network address is known only with --allow-sys"];
  }
  return [
    ...lines,
    ...networkAddresses().map((address) => `static is on the network at ${withHost(url, address)}`),
  ];
}

/**
 * Tells people that a folder has no page at its start, where they would look first.
 *
 * @returns no line if there is something to see
 */
export async function startPageLines(
  { root, index, listing, spa }: Pick<StaticOptions, "root" | "index" | "listing" | "spa">,
): Promise<readonly string[]> {
  if (listing || spa !== undefined) return [];
  const found = await Promise.all(index.map((name) => stat(join(root, name)).then(() => true, () => false)));
  return found.includes(true) ? [] : [`static: no ${index.join(", ")} here; --listing shows the files`];
}

/** The addresses of this machine that others can reach. */
function networkAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address);
}

/**
 * Opens a URL in the browser of the user at this machine.
 *
 * @param onFailed told if the program that looks for a browser ends with an error, as without a display
 * @returns why it cannot be tried
 */
export async function openBrowser(
  url: string,
  onFailed: (reason: string) => void,
): Promise<string | undefined> {
  if (!await isGranted("run")) return "--open needs the permission to run programs (--allow-run)";
  // A program inherits all variables; the browser needs those of the desktop.
  if (!await isGranted("env")) return "--open needs the permission to read variables (--allow-env)";
  const [command = "", ...args] = OPENERS[platform()] ?? ["xdg-open"];
  return await new Promise((tell) => {
    const child = spawn(command, [...args, browsableUrl(url)], { stdio: "ignore", detached: true });
    child.once("error", () => tell(`--open could not start ${command}`));
    child.once("spawn", () => tell(undefined));
    child.once("exit", (code) => code ? onFailed(`--open: ${command} found no browser`) : undefined);
    child.unref();
  });
}

/** A browser cannot open the address that stands for all addresses of a machine. */
function browsableUrl(url: string): string {
  return WILDCARDS.has(new URL(url).hostname) ? withHost(url, "localhost") : url;
}

function withHost(url: string, host: string): string {
  const changed = new URL(url);
  changed.hostname = host;
  return changed.href;
}
