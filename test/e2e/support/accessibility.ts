/** Runs axe inside one document, such as that of a webview. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Frame } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 AA and what axe holds to be good practice, as far as it concerns part of a page. */
const options = {
  resultTypes: ['violations'],
  rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
} satisfies RunOptions;

/** What axe finds wrong, one line for each rule and place; empty if nothing. */
export async function axeViolations(frame: Frame): Promise<string[]> {
  // `evaluate` is not bound by the document's content security policy, as a script tag would be.
  await frame.evaluate(source);
  const results = await frame.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) =>
        `${id}: ${help} at ${target.join(' ')}\n${failureSummary ?? ''}`,
    ),
  );
}
