import { HttpError } from "../../http/errors.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import { isHttpsUri } from "../../http/target.ts";

/** Refuses a request for an https URI that came unsecured (RFC 9110 §7.4). */
export function refuseMisdirected(
  request: HttpRequest,
  { isEncrypted }: { readonly isEncrypted: boolean },
): void {
  if (isEncrypted || !isHttpsUri(request.target)) return;
  const message = `Cannot serve ${JSON.stringify(request.target)}: the connection is not secured`;
  request.refuse(new HttpError(421, message, { code: "misdirected" }));
}
