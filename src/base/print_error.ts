/**
 * Prints an error with its stack to stderr, as the servers of the runtimes do.
 *
 * For the library's users who gave no `onError`: an error that nobody hears of costs them hours. The program has its logs.
 */
export function printError(error: unknown): void {
  console.error(error);
}
