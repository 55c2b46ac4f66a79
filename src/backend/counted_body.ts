/** The end of a streamed response. */
export interface BodyEnd {
  /** Bytes that were taken. */
  readonly bytes: number;
  /** The error of the source, in a list of one; empty when it ended well or the client left. */
  readonly errors: readonly unknown[];
}

/** Streamed content that is counted. */
export interface CountedBody extends AsyncIterable<Uint8Array> {
  /** Says that no more bytes will be taken. */
  cut(): void;
}

/**
 * Counts the bytes of a streamed response while they are taken.
 *
 * @param onEnd called once: when the source ends or fails, when its reader returns early, even before the
 *   first piece, or when it is cut
 */
export function countBody(
  source: AsyncIterable<Uint8Array>,
  onEnd: (end: BodyEnd) => void,
): CountedBody {
  let hasEnded = false;
  let bytes = 0;
  const end = (errors: readonly unknown[]): void => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd({ bytes, errors });
  };
  return {
    cut: () => end([]),
    // An iterator of our own: a generator that is left before its first piece never gets to its finally.
    [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
      let iterator: AsyncIterator<Uint8Array> | undefined;
      return {
        async next(): Promise<IteratorResult<Uint8Array>> {
          try {
            iterator ??= source[Symbol.asyncIterator]();
            const result = await iterator.next();
            if (result.done === true) end([]);
            else bytes += result.value.length;
            return result;
          } catch (error) {
            end([error]);
            throw error;
          }
        },
        async return(): Promise<IteratorResult<Uint8Array>> {
          end([]);
          // The source's own clean-up, also for a source that was not begun.
          iterator ??= source[Symbol.asyncIterator]();
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
