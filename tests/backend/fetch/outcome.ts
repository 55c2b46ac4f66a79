/** The result of a use. For an error it is the class alone, since each runtime words its messages differently. */
export async function outcome(use: () => unknown): Promise<unknown> {
  try {
    return ["fine", await use()];
  } catch (error) {
    return ["failed", error instanceof Error ? error.constructor.name : typeof error];
  }
}
