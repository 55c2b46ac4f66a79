import { ownMessageOf } from "../base/error_text.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request/request.ts";
import { readWhole } from "../http/request/request_body.ts";

/** Reads the content of a request as JSON. @throws {HttpError} 400 when it is not JSON, 413 beyond the limit */
export async function readJson(request: HttpRequest, maxBytes: number): Promise<unknown> {
  const text = new TextDecoder().decode(await readWhole(request.body, maxBytes));
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = ownMessageOf(cause);
    throw new HttpError(400, `Cannot read the content: expected JSON, ${reason}`, { cause });
  }
}

/** Reads the content of a request as a JSON object. @throws {HttpError} like {@linkcode readJson} */
export async function readJsonObject(
  request: HttpRequest,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const value = await readJson(request, maxBytes);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new HttpError(400, "Cannot read the content: expected a JSON object");
}
