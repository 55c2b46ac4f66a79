/**
 * Writes a time as `IMF-fixdate`: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
 *
 * @param timeMs since 1970
 */
export function formatHttpDate(timeMs: number): string {
  // ECMAScript's toUTCString has had this form since 2018 (§21.4.4.43).
  return new Date(timeMs).toUTCString();
}
