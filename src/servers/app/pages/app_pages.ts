// Every response of the app: the outcome, in the form that the client prefers, with the state and the forms
// again.

import type { ClientSwitches } from "../../../backend/client_switches.ts";
import type { Handler, RequestContext } from "../../../backend/handler.ts";
import { themeOf } from "../../../backend/middleware/bg_color.ts";
import type { ErrorReport } from "../../../backend/middleware/show_errors.ts";
import { buildErrorText } from "../../../backend/pages/error_page.ts";
import { encodeOnce, type Html, html } from "../../../backend/pages/html.ts";
import { buildDocument, createPageHeaders, type Page, pageResponse } from "../../../backend/pages/page.ts";
import { preferredType } from "../../../http/accept.ts";
import type { HeaderField } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";
import { reasonPhrase } from "../../../http/status.ts";
import { buildForms } from "./forms.ts";
import { type AppState, buildState, describeState, forEachPosition } from "./app_state.ts";
import { NOTHING_TYPED, typedIn, type TypedValues } from "./typed_values.ts";

/** The outcome of a handler, for each form of response. */
export interface Outcome {
  /** Title of the page. */
  readonly title: string;
  /** Beginning of the page, with its heading. */
  readonly content: Html;
  /** Content of a plain text response; the state of the client by default. */
  readonly text?: string;
  /** Content of a JSON response; the state of the client by default. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Fields of the response. */
  readonly fields?: readonly HeaderField[];
}

/** Makes the responses of the app. The functions need no `this`. */
export interface AppPages {
  /** Responds with the outcome of a handler. */
  readonly respond: (request: HttpRequest, context: RequestContext, outcome: Outcome) => HttpResponse;
  /**
   * Makes a handler with one outcome, for a URL without typed values. A page without cookies is built and
   * encoded once for each position of the switches: building it for each request was a fifth of its cost on
   * Deno 2.9.6.
   */
  readonly always: (outcome: Outcome) => Handler;
  /** Sends the client to another page (RFC 9110 §15.4.4). @param path percent-encoded */
  readonly seeOther: (request: HttpRequest, context: RequestContext, path: string) => HttpResponse;
  /** Responds to an error. */
  readonly respondToError: (
    request: HttpRequest,
    context: RequestContext,
    report: ErrorReport,
  ) => HttpResponse;
}

const TYPES = ["text/html", "text/plain", "application/json"] as const;
const VARY: HeaderField = ["Vary", "Accept"];
const SHARED_HEADERS = createPageHeaders([VARY]);
const NO_STORE: HeaderField = ["Cache-Control", "no-store"];
const NO_SNIFF: HeaderField = ["X-Content-Type-Options", "nosniff"];

/** Makes the responses. @param switches tell the state that every page shows */
export function createAppPages(switches: ClientSwitches): AppPages {
  const stateOf = (request: HttpRequest, context: RequestContext): AppState => ({
    ...switches.stateOf(context),
    background: themeOf(context),
    cookies: request.cookies,
  });

  const send = (request: HttpRequest, context: RequestContext, reply: Reply): HttpResponse => {
    const { status, outcome: { title, content, text, json, fields } } = reply;
    const state = stateOf(request, context);
    switch (preferredType(request.headers, TYPES)) {
      case "text/plain":
        return plain(status, "text/plain; charset=utf-8", (text ?? describeState(state)) + "\n", fields);
      case "application/json":
        return plain(status, "application/json", JSON.stringify(json ?? { state }) + "\n", fields);
      case "text/html":
        return pageResponse(status, buildPage({ title, content }, state, typedIn(request)), {
          shared: SHARED_HEADERS,
          fields,
        });
    }
  };
  const respond: AppPages["respond"] = (request, context, outcome) =>
    send(request, context, { status: 200, outcome });

  return {
    respond,
    always(outcome): Handler {
      const documents = forEachPosition((state) =>
        encodeOnce(buildDocument(buildPage(outcome, state, NOTHING_TYPED))).encode()
      );
      return (request, context) => {
        const isShared = request.cookies.length === 0 &&
          preferredType(request.headers, TYPES) === "text/html";
        return isShared
          ? { status: 200, headers: SHARED_HEADERS.clone(), body: documents(stateOf(request, context)) }
          : respond(request, context, outcome);
      };
    },
    seeOther: (request, context, path) =>
      send(request, context, { status: 303, outcome: describeRedirect(path) }),
    respondToError: (request, context, report) =>
      send(request, context, { status: report.status, outcome: describeError(report) }),
  };
}

function buildPage({ title, content }: Outcome, state: AppState, typed: TypedValues): Page {
  return {
    title,
    theme: state.background,
    content: html`${content}${buildState(state)}${buildForms(state, typed)}`,
  };
}

interface Reply {
  readonly status: number;
  readonly outcome: Outcome;
}

function plain(
  status: number,
  contentType: string,
  content: string,
  fields: readonly HeaderField[] = [],
): HttpResponse {
  return createResponse(status, content, [
    ["Content-Type", contentType],
    NO_STORE,
    NO_SNIFF,
    VARY,
    ...fields,
  ]);
}

function describeRedirect(path: string): Outcome {
  return {
    title: "See other",
    content: html`
      <h1>See other</h1>
      <p>The response is at <a href="${path}">${path}</a>.</p>
    `,
    text: path,
    json: { location: path },
    fields: [["Location", path]],
  };
}

function describeError(report: ErrorReport): Outcome {
  const { status, explanation, messages, fields } = report;
  const title = `${status} ${reasonPhrase(status)}`.trim();
  const detail = messages.join("\ncaused by: ");
  return {
    title,
    content: buildErrorText(report),
    text: [title, explanation, ...(detail === "" ? [] : [detail])].join("\n"),
    json: { status, error: explanation, ...(detail === "" ? {} : { detail }) },
    fields,
  };
}
