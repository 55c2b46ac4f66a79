// Bytes that protocols name. The file has no imports, so that bundlers put the numbers in place of the names.

/** Horizontal tab. */
export const HTAB = 0x09;
/** Line feed. */
export const LF = 0x0a;
/** Carriage return. */
export const CR = 0x0d;
/** Space. */
export const SP = 0x20;
/** `/` */
export const SLASH = 0x2f;
/** `0` */
export const ZERO = 0x30;
/** `1` */
export const ONE = 0x31;
/** `9` */
export const NINE = 0x39;
/** `:` */
export const COLON = 0x3a;
/** `?` */
export const QUESTION_MARK = 0x3f;
/** Delete, the last of ASCII. */
export const DEL = 0x7f;
