import { ChainRecords } from "../../../src/servers/trap/records/chain_records.ts";
import { type RequestFacts, StoredRequest } from "../../../src/servers/trap/records/stored_request.ts";
import { WireBytes } from "../../../src/servers/trap/records/wire_bytes.ts";
import { bytesOf } from "../../support/latin1.ts";

const HEAD = "GET /api HTTP/1.1\r\nHost: a\r\n\r\n";

/** Makes a request as a recorder would. @param content sent after a fixed head, with its length */
export function storedRequest(
  id: string,
  content: string = "",
  facts: Partial<RequestFacts> = {},
): StoredRequest {
  return new StoredRequest({
    id,
    remote: "127.0.0.1:50000",
    local: "127.0.0.1:5000",
    isEncrypted: false,
    method: "GET",
    target: "/api",
    version: "1.1",
    headers: [["Host", "a"]],
    trailers: [],
    headBytes: HEAD.length,
    bodyBytes: content.length,
    isChunked: false,
    chain: ChainRecords.of([]),
    end: "complete",
    ...facts,
  }, new WireBytes(bytesOf(HEAD + content), 1));
}

/** A request with a number in its target; all are of one second. @param number up to 999,999 */
export function numberedRequest(number: number): StoredRequest {
  const id = `2026-03-01T09:30:00.${String(number).padStart(6, "0")}Z-00tst`;
  return storedRequest(id, "", { target: `/n/${number}` });
}
