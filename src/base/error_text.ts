// Causes can form a circle, so no reader follows them further than this.
const MAX_DEPTH = 5;

/** The messages of a caught value and of its causes, without those that an earlier one quotes. Never throws. */
export function messagesOfError(error: unknown): string[] {
  const messages: string[] = [];
  for (const message of causesOf(error).map(ownMessageOf)) {
    if (!messages.some((earlier) => earlier.includes(message))) messages.push(message);
  }
  return messages;
}

/** The same in one line: `Cannot open the page <- no such file`. Never throws. */
export function messageOfError(error: unknown): string {
  return messagesOfError(error).join(" <- ");
}

/**
 * The stacks of an error and its causes; undefined for values that are no errors, and when a descriptor was
 * missing. Never throws.
 *
 * To map a stack to its source, Deno 2.9.6 reads the source. If no descriptor is left for that, it ends with
 * a panic.
 */
export function stackOfError(error: unknown): string | undefined {
  const stacks: string[] = [];
  if (causesOf(error).some(isOutOfDescriptors)) return undefined;
  for (const cause of causesOf(error)) {
    if (cause instanceof Error && typeof cause.stack === "string") stacks.push(cause.stack);
  }
  return stacks.length === 0 ? undefined : stacks.join("\ncaused by: ");
}

function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE");
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

/** The message of a caught value alone, without those of its causes. Never throws. */
export function ownMessageOf(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return typeof error === "string" ? error : `thrown: ${Object.prototype.toString.call(error)}`;
}
