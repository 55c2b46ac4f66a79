import { listsToken } from "../headers.ts";
import type { RequestHead } from "../tokens/head/request_head.ts";

/**
 * Whether the client lets the connection live on after this request (RFC 9112 §9.3).
 *
 * `close` anywhere in the list wins; HTTP/1.0 must ask for keep-alive. After CONNECT the connection is never
 * reused, because the bytes that follow were meant for a tunnel.
 */
export function shouldKeepAlive(head: RequestHead): boolean {
  if (head.method === "CONNECT") return false;
  const connection = head.headers.get("connection");
  if (connection === undefined) return head.version === "1.1";
  const values = head.headers.getAll("connection");
  if (values.some((value) => listsToken(value, "close"))) return false;
  return head.version === "1.1" || values.some((value) => listsToken(value, "keep-alive"));
}
