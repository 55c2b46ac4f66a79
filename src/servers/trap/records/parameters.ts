/** A parameter of a query: name and value. */
export type Parameter = readonly [name: string, value: string];

/** Splits a query into its parameters, both parts as sent; a part without "=" is a name with the value "". */
export function splitQuery(query: string): Parameter[] {
  if (query === "") return [];
  const parameters: Parameter[] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    parameters.push(equals < 0 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)]);
  }
  return parameters;
}

/**
 * Decodes a name or a value of a form (WHATWG URL §5.1): "+" is a space, `%XX` a byte; other bytes are
 * unchanged.
 *
 * @returns bytes seen as latin1
 */
export function decodeParameter(text: string): string {
  if (!/[%+]/.test(text)) return text;
  return text.replaceAll("+", " ").replaceAll(
    /%([0-9a-f]{2})/gi,
    (_, digits: string) => String.fromCharCode(parseInt(digits, 16)),
  );
}

/** The decoded value of the first parameter of this decoded name. */
export function findParameter(parameters: readonly Parameter[], name: string): string | undefined {
  for (const parameter of parameters) {
    if (decodeParameter(parameter[0]) === name) return decodeParameter(parameter[1]);
  }
  return undefined;
}

/** Whether a parameter has this name and this value, both decoded; the name may occur several times. */
export function hasParameter(parameters: readonly Parameter[], name: string, value: string): boolean {
  return parameters.some((parameter) =>
    decodeParameter(parameter[0]) === name && decodeParameter(parameter[1]) === value
  );
}
