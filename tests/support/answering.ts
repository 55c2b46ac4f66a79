import type { Handler } from "../../src/backend/handler.ts";
import { readWhole } from "../../src/http/request_body.ts";
import { createResponse, textResponse } from "../../src/http/response.ts";
import { bytesOf, textOf } from "./latin1.ts";

/**
 * The handler that the conformance tests ask: says method, path and content of a request.
 *
 * `/stream` is streamed, `/status/N` has that status.
 */
export const answer: Handler = async (request) => {
  const content = textOf(await readWhole(request.body));
  const text = `${request.method} ${request.path} ${content}`;
  const status = /^\/status\/([0-9]{3})$/.exec(request.path)?.[1];
  if (status !== undefined) return textResponse(Number(status), text);
  if (request.path === "/stream") {
    return createResponse(200, ReadableStream.from([bytesOf(text), bytesOf("!")]));
  }
  return textResponse(200, text);
};
