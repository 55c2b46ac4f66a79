/**
 * Whether something may be done without the user being asked first, which Deno alone does.
 *
 * @param name `sys`: facts about the machine; `run`: other programs
 */
export async function isGranted(name: "sys" | "run"): Promise<boolean> {
  if (!("Deno" in globalThis)) return true;
  const { state } = await Deno.permissions.query({ name });
  return state === "granted";
}
