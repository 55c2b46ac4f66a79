import { assert, assertEquals } from "@std/assert";
import type { TlsRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { makeCertificate } from "../../../support/certificate.ts";
import { exchange } from "../../../support/loopback.ts";
import { withTrap } from "../trap_fixture.ts";

Deno.test("a TLS handshake that fails becomes a record, and no request to wait for", async () => {
  const tls = await makeCertificate();
  // Without openssl there is no certificate.
  if (tls === undefined) return;
  await withTrap({ tls }, async (trap) => {
    // A TLS record of type handshake without any part of a ClientHello.
    await exchange(trap.port, "\x16\x03\x01\x00\x05nono!").catch(() => "");
    const [found] = await trap.records(1) as unknown as [TlsRecord];
    const { kind, fault, reason, remote, local, id } = found;
    assertEquals([kind, fault, local], ["tls", "malformed", `127.0.0.1:${trap.port}`]);
    assert(reason !== "" && remote.startsWith("127.0.0.1:"));
    assertEquals(await trap.json(`/api/requests/${id}`), found);
    const next = await trap.call("/api/next?after=0&timeout_ms=0");
    assertEquals(next.status, 204);
    const { requests } = await trap.json<{ requests: unknown[] }>("/api/requests?kind=tls");
    assertEquals(requests.length, 1);
  });
});
