import { ExplainedError } from "../../../backend/explained_error.ts";
import { html } from "../../../backend/pages/html.ts";
import type { RouteHandler } from "../../../backend/routes.ts";
import { trimOws } from "../../../http/grammar.ts";
import type { AppPages } from "../pages/app_pages.ts";
import { formatDecimal, parseDecimal } from "./decimal.ts";
import { decodePercent, parseFormQuery, requireField } from "../pages/url_text.ts";

/** The two numbers of a division. */
export type OperandName = "dividend" | "divisor";

/**
 * Divides as doubles divide.
 *
 * @throws {RangeError} when the divisor is zero or the quotient is beyond the largest double
 */
export function divide(dividend: number, divisor: number): number {
  if (divisor === 0) throw new RangeError(`Cannot divide ${formatDecimal(dividend)}: division by zero`);
  const quotient = dividend / divisor;
  if (!Number.isFinite(quotient)) {
    throw new RangeError(`Cannot divide ${formatDecimal(dividend)}: result is beyond the largest double`);
  }
  return quotient;
}

/** Handlers of the division. */
export interface DivisionHandlers {
  /**
   * Responds to `GET /div/<a>/to/<b>` with `a / b = result`.
   *
   * @throws {ExplainedError} 400 for an operand that is not a number, for a zero divisor and for an infinite
   *   result
   */
  readonly showDivision: RouteHandler;
  /**
   * Responds to `GET /div?a=<a>&b=<b>`, the request of a plain form, with a redirect to the URL of the
   * division.
   *
   * @throws {ExplainedError} 400 when a field is missing, malformed, or cannot be a segment of a path
   */
  readonly redirectToDivision: RouteHandler;
}

/** Makes the handlers of the division. */
export function createDivisionHandlers(pages: AppPages): DivisionHandlers {
  return {
    showDivision(request, context, captures) {
      // People often type blanks around a number; they are not part of it.
      const [dividend, divisor] = captures.map((capture) => trimOws(decodePercent(capture))) as [
        string,
        string,
      ];
      const a = readOperand("dividend", dividend);
      const b = readOperand("divisor", divisor);
      const result = divideOrRefuse(a, b);
      const title = `${dividend} / ${divisor} = ${formatDecimal(result)}`;
      const content = html`
        <h1>Division</h1>
        <p class="result"><output>${title}</output></p>
      `;
      return pages.respond(request, context, { title, content, text: title, json: { a, b, result } });
    },
    redirectToDivision(request, context) {
      const form = parseFormQuery(request.query);
      const dividend = encodeOperand("dividend", requireField(form, "a"));
      const divisor = encodeOperand("divisor", requireField(form, "b"));
      return pages.seeOther(request, context, `/div/${dividend}/to/${divisor}`);
    },
  };
}

// Clients remove "." and ".." from a path, percent-encoded too (RFC 3986 §5.2.4), so they would never arrive.
function encodeOperand(name: OperandName, text: string): string {
  if (text === "." || text === "..") throw notANumber(name, text);
  return encodeURIComponent(text);
}

function readOperand(name: OperandName, text: string): number {
  const value = parseDecimal(text);
  if (value === undefined) throw notANumber(name, text);
  if (Number.isFinite(value)) return value;
  throw new ExplainedError(400, `Cannot read the ${name}: ${text} is beyond the largest double`, {
    explanation: `The ${name} is too large: numbers up to about 1.8e308 can be divided.`,
  });
}

function notANumber(name: OperandName, text: string): ExplainedError {
  return new ExplainedError(
    400,
    `Cannot read the ${name}: expected a decimal number, got ${JSON.stringify(text)}`,
    {
      explanation: `The ${name} is not a number. Please write it like 12, -0.5 or 1e3.`,
    },
  );
}

function divideOrRefuse(dividend: number, divisor: number): number {
  try {
    return divide(dividend, divisor);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ExplainedError(400, error.message, {
      cause: error,
      explanation: "This division has no result that is a finite number. Please try another divisor.",
    });
  }
}
