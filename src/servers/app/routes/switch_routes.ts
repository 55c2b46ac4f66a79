import type { ClientSwitches, SwitchState } from "../../../backend/client_switches.ts";
import { html } from "../../../backend/pages/html.ts";
import type { RouteHandler } from "../../../backend/routes.ts";
import type { HttpResponse } from "../../../http/response/response.ts";
import type { AppPages } from "../pages/app_pages.ts";

/** The action of a switch URL, and its texts. */
interface Switching {
  readonly change: Partial<SwitchState>;
  readonly title: string;
  readonly text: string;
}

/** Handlers of the switch URLs. */
export interface SwitchHandlers {
  /** Switches the access log to the full form. */
  readonly logFull: RouteHandler;
  /** Switches the access log to the short form. */
  readonly logShort: RouteHandler;
  /** Switches error display on. */
  readonly showErrors: RouteHandler;
  /** Switches error display off. */
  readonly hideErrors: RouteHandler;
}

/** Makes the handlers that set switches of the client; each response shows the new state. */
export function createSwitchHandlers(switches: ClientSwitches, pages: AppPages): SwitchHandlers {
  const switchTo = (switching: Switching): RouteHandler => (request, context) => {
    const respond = (): HttpResponse => {
      const { title, text } = switching;
      const content = html`
        <h1>${title}</h1>
        <p>${text}</p>
      `;
      return pages.respond(request, context, { title, content });
    };
    // Other nodes know of it by the time the client has the response.
    const changing = switches.change(context, switching.change);
    return changing === undefined ? respond() : changing.then(respond);
  };
  return {
    logFull: switchTo({
      change: { logForm: "full" },
      title: "Access log: full",
      text: "From the next request on, the access log has requests whole, with head and body.",
    }),
    logShort: switchTo({
      change: { logForm: "short" },
      title: "Access log: short",
      text: "From the next request on, the access log has only method, URL and cookies.",
    }),
    showErrors: switchTo({
      change: { showsErrors: true },
      title: "Error display: on",
      text: "From now on, error pages carry the original message of the error.",
    }),
    hideErrors: switchTo({
      change: { showsErrors: false },
      title: "Error display: off",
      text: "From now on, error pages say in general words what is wrong.",
    }),
  };
}
