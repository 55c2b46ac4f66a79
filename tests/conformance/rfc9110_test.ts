// HTTP semantics (RFC 9110): the requirements that bind an origin server, in the order of the sections.

import { testElsewhere } from "../runtimes/echo_servers.ts";
import { testRequirements } from "../support/requirements.ts";
import { RFC9110 } from "./requirements.ts";

testRequirements("RFC 9110", RFC9110);
testElsewhere("RFC 9110", RFC9110);
