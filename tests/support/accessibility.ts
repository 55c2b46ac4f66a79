import axe from "axe-core/script" with { type: "text" };
import type { Page } from "playwright-core";

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

const MAX_SHOWN_HTML = 200;

/**
 * Checks a page in its current state for breaches of accessibility, by all rules of axe-core.
 *
 * @returns one text for each element at fault: the rule, the element, and what to mend
 */
export async function findBarriers(page: Page): Promise<string[]> {
  if (!await page.evaluate<boolean>('typeof axe === "object"')) await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) =>
      `${id}: ${html.slice(0, MAX_SHOWN_HTML)} ${failureSummary.replaceAll(/\s+/g, " ")}`
    )
  );
}
