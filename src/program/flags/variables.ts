// Flags from the environment: MILLRACE_ and the name of the flag.

import { type Flag, type FlagTable, isSwitch } from "./flag.ts";

/** The readable variables of the environment, by name. */
export type Variables = ReadonlyMap<string, string>;

/** A value that a variable gives to a flag. */
export interface VariableValue {
  /** The variable. */
  readonly variable: string;
  /** The values; one unless the flag is repeatable. */
  readonly texts: readonly string[];
}

/** The variable of a flag: `MILLRACE_MAX_BODY_BYTES` of `max-body-bytes`. */
export function variableOf(name: string): string {
  return `MILLRACE_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** All variables of a command. */
export function variablesOf(table: FlagTable): string[] {
  return Object.entries(table).flatMap(([name, flag]) => candidatesOf(name, flag));
}

/**
 * Finds the value of a flag in the environment. An empty variable does not count.
 *
 * A repeatable flag has one value a line; a switch says `1` or `0`.
 */
export function findVariable(
  name: string,
  flag: Flag<unknown>,
  variables: Variables,
): VariableValue | undefined {
  for (const variable of candidatesOf(name, flag)) {
    const text = variables.get(variable);
    if (text === undefined || text === "") continue;
    const texts = flag.isRepeatable ? text.split("\n").filter((line) => line !== "") : [text];
    if (texts.length > 0) return { variable, texts };
  }
  return undefined;
}

function candidatesOf(name: string, flag: Flag<unknown>): string[] {
  const isAboutTheProgram = isSwitch(flag) && (name === "help" || name === "version");
  if (isAboutTheProgram || flag.position === "only") return [];
  return flag.fallbackVariable === undefined ? [variableOf(name)] : [variableOf(name), flag.fallbackVariable];
}
