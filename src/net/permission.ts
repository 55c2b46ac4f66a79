/**
 * Whether something is allowed without asking the user first; only Deno asks.
 *
 * @param name `sys`: facts about the machine; `run`: other programs; `env`: variables
 */
export async function isGranted(name: "sys" | "run" | "env"): Promise<boolean> {
  if (!("Deno" in globalThis)) return true;
  const { state } = await Deno.permissions.query({ name });
  return state === "granted";
}
