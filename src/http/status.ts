/** The reason phrases of the status codes that millrace sends or passes on (RFC 9110 §15, RFC 6585). */
const REASON_PHRASES: Readonly<Record<number, string>> = {
  100: "Continue",
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

/**
 * Names a status code as the RFCs do.
 *
 * @returns the reason phrase, or "" for a code without a registered one (RFC 9112 §4 allows it to be absent)
 */
export function reasonPhrase(status: number): string {
  return REASON_PHRASES[status] ?? "";
}

/** Whether a response with this status never carries content: 1xx, 204, 205 and 304 (RFC 9110 §15). */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 304 || status === 205 || status < 200;
}
