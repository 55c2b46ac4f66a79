// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// Lays siege to a server until this process is ended: attackers.ts PORT ATTACK COUNT. Prints "ready" when all attackers
// are at work.

import { ATTACKS } from "../../attack/attacks.ts";
import { Siege } from "../../attack/siege.ts";

async function main(): Promise<void> {
  const [port, name, count] = Deno.args;
  const attack = ATTACKS.find((known) => known.name === name);
  if (attack === undefined) throw new RangeError(`Cannot attack: "${name}" is no attack`);
  await Siege.lay(attack.attacker, { port: Number(port), count: Number(count), persists: true });
  console.log("ready");
}

if (import.meta.main) await main();
