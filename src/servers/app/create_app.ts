import type { ClientSwitches } from "../../backend/client_switches.ts";
import { type Backend, createBackend } from "../../backend/handler.ts";
import { bgColor } from "../../backend/middleware/bg_color.ts";
import { showErrors } from "../../backend/middleware/show_errors.ts";
import { type Route, routes } from "../../backend/routes.ts";
import { acceptOnly } from "./routes/accepted_methods.ts";
import { type AppPages, createAppPages } from "./pages/app_pages.ts";
import { createDivisionHandlers } from "./routes/division.ts";
import { createHomeHandler } from "./pages/home_page.ts";
import type { AppOptions } from "./options.ts";
import { createCookieHandlers } from "./routes/set_cookie.ts";
import { createSwitchHandlers } from "./routes/switch_routes.ts";

/** The routes of the app. */
function appRoutes(switches: ClientSwitches, pages: AppPages): readonly Route[] {
  const { logFull, logShort, showErrors, hideErrors } = createSwitchHandlers(switches, pages);
  const { showDivision, redirectToDivision } = createDivisionHandlers(pages);
  const { setCookies, redirectToSetCookie } = createCookieHandlers(pages);
  return [
    ["GET", "/", createHomeHandler(pages)],
    ["GET", "/div", redirectToDivision],
    ["GET", "/div/:dividend/to/:divisor", showDivision],
    ["GET", "/set_cookie", redirectToSetCookie],
    ["GET, POST", "/set_cookie/*", setCookies],
    ["POST", "/short_log/0", logFull],
    ["POST", "/short_log/1", logShort],
    ["GET, POST", "/show_errors/0", hideErrors],
    ["GET, POST", "/show_errors/1", showErrors],
    ["GET, POST", "/showerrors/0", hideErrors],
    ["GET, POST", "/showerrors/1", showErrors],
  ];
}

/** Assembles the interactive app: logging, then show_errors, then bg_color, then the methods, then the routes. */
export function createApp(options: AppOptions): Backend {
  const { switches, logging } = options;
  const pages = createAppPages(switches);
  const layers = [
    showErrors({ isShown: switches.showsErrors, respond: pages.respondToError }),
    bgColor,
    acceptOnly(["GET", "POST"]),
  ];
  return createBackend(
    logging === undefined ? layers : [logging, ...layers],
    routes(appRoutes(switches, pages)),
  );
}
