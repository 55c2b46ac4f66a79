/** What came of it, also when that is an error: its class, since the words are not ours. */
export async function outcome(use: () => unknown): Promise<unknown> {
  try {
    return ["fine", await use()];
  } catch (error) {
    return ["failed", error instanceof Error ? error.constructor.name : typeof error];
  }
}
