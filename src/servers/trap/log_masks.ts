import { decodeParameter } from "./parameters.ts";

/** What stands in the log in the place of a secret. */
const MASK = "***";

/** Hides secrets from the log: the values of header fields and of parameters with certain names. */
export interface LogMasks {
  /** A request target with its secret parameters masked. */
  readonly target: (target: string) => string;
  /** A head, lines ended by CRLF, with its secret fields and parameters masked. */
  readonly head: (head: string) => string;
}

/** Masks nothing. */
const NO_MASKS: LogMasks = { target: (target) => target, head: (head) => head };

/** Makes the masks for some names of header fields and parameters, in any case of letters. */
export function createLogMasks(names: readonly string[]): LogMasks {
  if (names.length === 0) return NO_MASKS;
  const secrets = new Set(names.map((name) => name.toLowerCase()));
  const isSecret = (name: string): boolean => secrets.has(name.toLowerCase());
  const target = (text: string): string => {
    const mark = text.indexOf("?");
    if (mark < 0) return text;
    const parts = text.slice(mark + 1).split("&").map((part) => {
      const equals = part.indexOf("=");
      const name = equals < 0 ? part : part.slice(0, equals);
      return equals >= 0 && isSecret(decodeParameter(name)) ? `${name}=${MASK}` : part;
    });
    return `${text.slice(0, mark + 1)}${parts.join("&")}`;
  };
  const head = (text: string): string => {
    const [first = "", ...lines] = text.split("\r\n");
    const [, method = "", middle = "", version = ""] = /^(\S* )(.*?)( \S*)?$/s.exec(first) ?? [];
    const masked = lines.map((line) => {
      const colon = line.indexOf(":");
      return colon > 0 && isSecret(line.slice(0, colon)) ? `${line.slice(0, colon)}: ${MASK}` : line;
    });
    return [method + target(middle) + version, ...masked].join("\r\n");
  };
  return { target, head };
}
