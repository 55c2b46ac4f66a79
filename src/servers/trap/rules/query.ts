// The rules: the checks of a request, and the chain of functions for a request to /api.

import type { ChainLink } from "./chain.ts";
import { hasParameter, type Parameter } from "../records/parameters.ts";

/** A request for the rules. Texts are bytes seen as latin1. */
export interface CheckedRequest {
  /** The method as sent. */
  readonly method: string;
  /** The path as sent. */
  readonly path: string;
  /** The parameters of the query as sent. */
  readonly parameters: readonly Parameter[];
  /** The request as it came, for the log: made only on demand. */
  readonly describe: () => string;
}

const API_PATH = "/api";

/** Whether a request runs through the whole chain, with a log of all steps. */
export function isQueried({ path }: Pick<CheckedRequest, "path">): boolean {
  return path === API_PATH;
}

/** Checks a request with a well-formed head; errors become records of level `error`. */
export function handleRequest(request: CheckedRequest, chain: ChainLink): void {
  if (isQueried(request)) query(request, chain.enter("query"));
  else checkFragment(request, chain);
}

/** Checks the parts of a request that were understood; the other parts are empty. */
export function checkFragment(request: CheckedRequest, chain: ChainLink): void {
  const { method, path } = request;
  if (path !== "" && path !== API_PATH) chain.error(`path is ${path}: expected ${API_PATH}`);
  if (method !== "") checkMethod(request, chain);
  checkParameters(request, chain);
}

/** Handles a request to `/api`: logs it as it came, checks it, and processes it in three steps. */
export function query(request: CheckedRequest, chain: ChainLink): void {
  chain.info(`came as ${request.describe()}`);
  checkMethod(request, chain);
  checkParameters(request, chain);
  process1(request, chain.enter("process1"));
  if (process2(request, chain.enter("process2"))) process3(request, chain.enter("process3"));
}

function checkMethod({ method }: CheckedRequest, chain: ChainLink): void {
  if (method !== "GET") chain.error(`method is ${method}: expected GET`);
}

function checkParameters({ parameters }: CheckedRequest, chain: ChainLink): void {
  if (hasParameter(parameters, "invalid", "1")) chain.error("parameter invalid is 1: the request is invalid");
}

function process1({ parameters }: CheckedRequest, chain: ChainLink): void {
  const count = parameters.length;
  chain.info(count === 0 ? "no parameters" : count === 1 ? "1 parameter" : `${count} parameters`);
}

/** @returns false when the validation failed: then the processing ends */
function process2(request: CheckedRequest, chain: ChainLink): boolean {
  try {
    validate(request);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    chain.error(error.message);
    return false;
  }
  chain.info("validated");
  return true;
}

class ValidationError extends Error {}

function validate({ parameters }: CheckedRequest): void {
  if (hasParameter(parameters, "notawaiting", "1")) {
    throw new ValidationError("validation failed: parameter notawaiting is 1");
  }
}

function process3(_request: CheckedRequest, chain: ChainLink): void {
  chain.info("processed");
}
