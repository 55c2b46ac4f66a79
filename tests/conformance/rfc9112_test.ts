// HTTP/1.1 (RFC 9112): the requirements that bind an origin server, in the order of the sections.

import { testElsewhere } from "../runtimes/echo_servers.ts";
import { testRequirements } from "../support/requirements.ts";
import { RFC9112 } from "./requirements.ts";

testRequirements("RFC 9112", RFC9112);
testElsewhere("RFC 9112", RFC9112);
