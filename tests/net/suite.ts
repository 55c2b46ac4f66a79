import type { Adapter, RegisterTest } from "./adapter.ts";
import { testListening } from "./listener_suite.ts";
import { testNetworkConnections } from "./network_suite.ts";
import { testTlsOptions } from "./tls_options_suite.ts";
import { testTls } from "./tls_suite.ts";
import { testUnixSockets } from "./unix_suite.ts";

/** Registers everything that an adapter must do. */
export function testAdapter(adapter: Adapter, register: RegisterTest): void {
  testNetworkConnections(adapter, register);
  testListening(adapter, register);
  testUnixSockets(adapter, register);
  testTls(adapter, register);
  testTlsOptions(adapter, register);
}
