import { tcpAddress } from "../../src/net/address.ts";
import type { RequestContext } from "../../src/backend/handler.ts";
import { HttpHeaders } from "../../src/http/headers.ts";
import { HttpRequest } from "../../src/http/request/request.ts";
import { EMPTY_BODY } from "../../src/http/request/request_body.ts";

/**
 * Makes a request without content, as the wire would deliver it.
 *
 * @param line method and target, for example `GET /div/1/to/2`
 * @param cookie value of the Cookie field, if there is one
 */
export function fakeRequest(line: string, cookie?: string): HttpRequest {
  const space = line.indexOf(" ");
  const headers = new HttpHeaders([["Host", "localhost"]]);
  if (cookie !== undefined) headers.append("Cookie", cookie);
  const head = {
    method: line.slice(0, space),
    target: line.slice(space + 1),
    version: "1.1",
    headers,
  } as const;
  return new HttpRequest(head, EMPTY_BODY);
}

/** Makes the facts about a request that are not in its bytes. */
export function fakeContext(hostname: string = "127.0.0.1"): RequestContext {
  const connection = {
    remote: tcpAddress(hostname, 50_000),
    local: tcpAddress("127.0.0.1", 8888),
    isEncrypted: false,
  };
  return { ...connection, connection, receivedAtMs: 0, signal: new AbortController().signal };
}
