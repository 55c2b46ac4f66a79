/**
 * Prints an error with its stack to stderr, as the servers of the runtimes do.
 *
 * For users of the library without an `onError`: an error that stays unseen costs them hours. The program has
 * its logs.
 */
export function printError(error: unknown): void {
  console.error(error);
}
