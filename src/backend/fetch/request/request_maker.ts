import { HttpHeaders } from "../../../http/headers.ts";
import { HttpRequest } from "../../../http/request/request.ts";
import { EMPTY_BODY } from "../../../http/request/request_body.ts";
import { tcpAddress } from "../../../net/address.ts";
import type { RequestContext } from "../../handler.ts";
import { LazyRequest, UncloneableRequest } from "./lazy_request.ts";
import { makeNativeRequests } from "./native_request.ts";
import { chainToRequest } from "./request_prototype.ts";
import type { RequestMaker } from "./web_request.ts";

/** Chooses the cheapest kind of request that behaves like the runtime's own. */
export function chooseRequestMaker(): RequestMaker {
  chainToRequest();
  const Chosen = refusesClone() ? UncloneableRequest : LazyRequest;
  const makeLazy: RequestMaker["make"] = (request, context, origin) =>
    new Chosen(request, context, origin) as unknown as Request;
  if (isTakenForNative("PUT")) return { make: makeLazy };
  const natives = makeNativeRequests();
  if (!isTakenForNative("GET")) return natives;
  return {
    ...natives,
    make: (request, context, origin) =>
      request.method === "GET" ? makeLazy(request, context, origin) : natives.make(request, context, origin),
  };
}

/**
 * Whether `new Request(request, init)` finds in a lazy request everything that it would find in a native one.
 *
 * Node from 22 on looks for private fields. Bun 1.4.5 asks for every member, but once there is an init it
 * forgets the method, so that every request becomes a GET.
 */
function isTakenForNative(method: string): boolean {
  const headers = new HttpHeaders([["x-sample", "sample"]]);
  const head = { method, target: "/sample", version: "1.1", headers } as const;
  const address = tcpAddress("127.0.0.1", 0);
  const context: RequestContext = {
    local: address,
    remote: address,
    isEncrypted: false,
    signal: new AbortController().signal,
    connection: { local: address, remote: address, isEncrypted: false },
    receivedAtMs: 0,
  };
  const lazy = new LazyRequest(new HttpRequest(head, EMPTY_BODY), context, "http://localhost");
  try {
    const taken = new Request(lazy as unknown as Request, { cache: "no-store" });
    return taken.method === method && taken.url === lazy.url && taken.headers.has("x-sample");
  } catch {
    return false;
  }
}

function refusesClone(): boolean {
  try {
    structuredClone(new Request("http://localhost/"));
    return false;
  } catch {
    return true;
  }
}
