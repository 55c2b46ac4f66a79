import type { HttpHeaders } from "../headers.ts";

/** An interim response (RFC 9110 §15.2), such as 103 with early hints (RFC 8297). */
export interface InterimResponse {
  /** Status code, 100 to 199, but not 101. */
  readonly status: number;
  /** The fields. */
  readonly headers: HttpHeaders;
}

const REASON_PHRASES: Readonly<Record<number, string>> = {
  100: "Continue",
  102: "Processing",
  103: "Early Hints",
};

/** The bytes of an interim response, seen as latin1; fields of the connection are left out. */
export function formatInterim({ status, headers }: InterimResponse): string {
  const { lines } = headers.toWire();
  let text = `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? ""}\r\n`;
  for (let i = 0; i < lines.length; i += 2) text += `${lines[i]}: ${lines[i + 1]}\r\n`;
  return `${text}\r\n`;
}
