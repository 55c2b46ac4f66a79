// Flags of the servers that have a page.

import type { CommonValues } from "./common_flags.ts";
import { hostFlag } from "./common_flags.ts";
import type { Flag, FlagValues } from "./flag.ts";
import { checkedFlag, fileFlag, portFlag } from "./flag_kinds.ts";

const MAX_PORT = 65_535;

/** The flags that decide which clients may use a page. */
export const PAGE_ACCESS_FLAGS = {
  "ui-host": hostFlag({
    group: "page",
    help: "address or name on which page and API listen; loopback unless given",
    default: undefined,
  }),
  "ui-token": checkedFlag<string, undefined>({
    group: "page",
    placeholder: "TOKEN",
    isSecret: true,
    help: "secret that opens page and API; made and printed when they listen beyond loopback",
    default: undefined,
    expected: "letters, digits or -._~",
    parse: (text) => /^[A-Za-z0-9\-._~]+$/.test(text) ? text : undefined,
  }),
  "ui-auth-file": fileFlag({
    group: "page",
    help: "names and passwords for page and API, as htpasswd -B writes them",
  }),
  "ui-name": checkedFlag<readonly string[], readonly string[]>({
    group: "page",
    placeholder: "NAMES",
    help: "names under which a proxy reaches the page, separated by commas",
    default: [],
    shownDefault: "",
    expected: "host names separated by commas",
    parse: (text) => {
      const names = text.split(",");
      return names.every((name) => /^[A-Za-z0-9._-]+$/.test(name)) ? names : undefined;
    },
  }),
};

/** The values of {@linkcode PAGE_ACCESS_FLAGS}. */
export type PageAccessValues = FlagValues<typeof PAGE_ACCESS_FLAGS>;

/** All flags of a page: its address, and the access to it. */
export const UI_FLAGS = { "ui-port": uiPortFlag(), ...PAGE_ACCESS_FLAGS };

/** The values of the flags of a page. */
export type UiValues = FlagValues<typeof UI_FLAGS>;

function uiPortFlag(): Flag<number | "off" | undefined> {
  const { parse } = portFlag("", 0);
  return {
    group: "page",
    placeholder: "PORT|off",
    help: "TCP port of the page and its API; the port after --port unless given",
    default: undefined,
    expected: `a whole number from 0 to ${MAX_PORT}, or off`,
    choices: ["off"],
    parse: (text) => text === "off" ? text : parse(text),
  };
}

/**
 * The port of a page: the given one, otherwise the one after the server's port; any free one after port 0.
 *
 * @param defaultPort the default port of the command, which counts if it listens on a unix socket
 * @returns undefined when the page is off
 */
export function chooseUiPort(
  values: Pick<UiValues, "ui-port"> & Pick<CommonValues, "port" | "socket">,
  defaultPort: number,
): number | undefined {
  const given = values["ui-port"];
  if (given === "off") return undefined;
  const port = values.socket === undefined ? values.port : defaultPort;
  return given ?? (port === 0 || port === MAX_PORT ? 0 : port + 1);
}
