// Causes can go in a circle; nobody reads further than this.
const MAX_DEPTH = 5;

/** What a caught value says and what its causes say, each once. Never throws. */
export function messagesOfError(error: unknown): string[] {
  return [...new Set(causesOf(error).map(messageOf))];
}

/** The same in one line: `Cannot open the page <- no such file`. Never throws. */
export function messageOfError(error: unknown): string {
  return messagesOfError(error).join(" <- ");
}

/** Where an error and its causes were thrown, or undefined for values that are no errors. Never throws. */
export function stackOfError(error: unknown): string | undefined {
  const stacks: string[] = [];
  for (const cause of causesOf(error)) {
    if (cause instanceof Error && typeof cause.stack === "string") stacks.push(cause.stack);
  }
  return stacks.length === 0 ? undefined : stacks.join("\ncaused by: ");
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  let cause = error;
  for (let depth = 0; depth < MAX_DEPTH && (depth === 0 || cause !== undefined); depth++) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return typeof error === "string" ? error : `thrown: ${Object.prototype.toString.call(error)}`;
}
