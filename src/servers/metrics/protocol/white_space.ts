const TAB = 0x09;
const SPACE = 0x20;

/** Whether a byte separates words: a space or a tab. */
export function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
