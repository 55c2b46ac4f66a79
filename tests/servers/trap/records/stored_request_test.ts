import { assertEquals } from "@std/assert";
import { ChainRecords } from "../../../../src/servers/trap/records/chain_records.ts";
import { plainAnswer } from "../../../../src/servers/trap/records/plain_answer.ts";
import { StoredRequest } from "../../../../src/servers/trap/records/stored_request.ts";
import { WireBytes } from "../../../../src/servers/trap/records/wire_bytes.ts";
import {
  packForArchive,
  packRequest,
  unpackRequest,
} from "../../../../src/servers/trap/store/packed_request.ts";
import { toRecord } from "../../../../src/servers/trap/records/to_record.ts";
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

/** A request with a chain, a response and a replay. */
function fullRequest(): StoredRequest {
  const request = unreadRequest();
  request.addToChain({ atMicros: 1_750_000_000_000_001, level: "error", where: "trap", message: "a" });
  const kept = bytesOf("HTTP/1.1 201 Made\r\nContent-Length: 2\r\n\r\nok");
  const facts = {
    status: 201,
    bodyBytes: 2,
    wireBytes: kept.length,
    end: "complete",
    durationMs: 1,
  } as const;
  request.setResponse({ facts: { kind: "forwarded", ...facts }, method: "POST", kept });
  request.addReplay({
    facts: { at: "2026-03-01T09:30:00.123456Z", url: "http://127.0.0.1/", method: "POST", exact: true },
    response: { facts: { kind: "replayed", ...facts }, method: "POST", kept },
  });
  return request;
}

Deno.test("packRequest() and packForArchive() keep everything that a record shows", () => {
  const cut = unreadRequest();
  cut.cut(HEAD.length - 1);
  const plain = unreadRequest();
  plain.setPlainAnswer();
  for (const request of [plain, cut, fullRequest()]) {
    for (const pack of [packRequest, packForArchive]) {
      const { facts, bytes } = pack(request);
      const restored = unpackRequest(JSON.parse(JSON.stringify(facts)), bytes);
      assertEquals(toRecord(restored), toRecord(request), pack.name);
      assertEquals(restored.keptBytes, request.keptBytes);
    }
  }
});

Deno.test("packForArchive() has the fields and the plain response among the facts, for earlier releases", () => {
  const request = unreadRequest();
  request.setPlainAnswer();
  const { facts } = packForArchive(request);
  assertEquals([facts.facts.headers, facts.facts.answer], [FIELDS, plainAnswer("1")]);
  assertEquals(facts.sha256, request.wire.sha256);
});
