import { assertEquals } from "@std/assert";
import { ChainRecords } from "../../../../src/servers/trap/records/chain_records.ts";
import { plainAnswer } from "../../../../src/servers/trap/records/plain_answer.ts";
import { StoredRequest } from "../../../../src/servers/trap/records/stored_request.ts";
import { WireBytes } from "../../../../src/servers/trap/records/wire_bytes.ts";
import { packRequest, unpackRequest } from "../../../../src/servers/trap/store/packed_request.ts";
import { bytesOf } from "../../../support/latin1.ts";

const FIELDS = [["Host", "a"], ["X-Odd", "caf\u00e9 \u00ff"], ["x-odd", ""], [
  "Content-Length",
  "3",
]] as const;
const HEAD = "\r\nPOST /a?b HTTP/1.1\r\n" +
  FIELDS.map(([name, value]) => `${name}:  ${value} \r\n`).join("") + "\r\n";

/** A request whose fields are only in its bytes. */
function unreadRequest(): StoredRequest {
  return new StoredRequest({
    id: "1",
    remote: "127.0.0.1:50000",
    local: "127.0.0.1:5000",
    isEncrypted: false,
    method: "POST",
    target: "/a?b",
    version: "1.1",
    trailers: [],
    headBytes: HEAD.length,
    bodyBytes: 3,
    isChunked: false,
    chain: ChainRecords.of([]),
    end: "complete",
  }, new WireBytes(bytesOf(`${HEAD}abc`), 1));
}

Deno.test("StoredRequest finds its fields in its bytes, after a cut of its content or of its head too", () => {
  for (const keptBytes of [HEAD.length + 3, HEAD.length, HEAD.length - 1, 30, 0]) {
    const request = unreadRequest();
    request.cut(keptBytes);
    assertEquals(request.headers, FIELDS, `${keptBytes} bytes`);
  }
});

Deno.test("StoredRequest keeps its fields and its plain response in a row of a database", () => {
  const request = unreadRequest();
  request.setPlainAnswer();
  const { facts, bytes } = packRequest(request);
  const restored = unpackRequest(JSON.parse(JSON.stringify(facts)), bytes);
  assertEquals(restored.facts.headers, FIELDS);
  assertEquals([restored.answer, restored.status], [plainAnswer("1"), 200]);
});
