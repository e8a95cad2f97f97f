/**
 * Every sentence of the code stands in l10n/bundle.l10n.json, for translators to begin from, and
 * no other. `MULTIPATH_UPDATE=1 npx vitest run test/unit/ui/l10n.test.ts` writes it anew.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { PANEL_STRINGS } from '../../../src/protocol/strings.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const bundle = `${root}l10n/bundle.l10n.json`;
/** Translates the panels' table, whose sentences are listed there. */
const TABLE = 'src/ui/panels/panelStrings.ts';

/** The first arguments of the calls of `l10n.t` in a file, and how many are no plain sentence. */
function sentencesOf(path: string): { readonly texts: readonly string[]; readonly others: number } {
  const source = ts.createSourceFile(
    path,
    readFileSync(root + path, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const texts: string[] = [];
  let others = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === 'l10n.t') {
      const [first] = node.arguments;
      if (first && ts.isStringLiteralLike(first)) texts.push(first.text);
      else others++;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { texts, others };
}

const files = globSync(['src/ui/**/*.ts', 'src/extension.ts'], { cwd: root }).map((path) =>
  path.replaceAll('\\', '/'),
);
const found = files.map((path) => ({ path, ...sentencesOf(path) }));
const wanted = [...new Set([...found.flatMap(({ texts }) => texts), ...PANEL_STRINGS])].sort();

it('finds sentences at all', () => {
  expect(wanted.length).toBeGreaterThan(100);
});

it('has only plain sentences in calls of l10n.t, so that they can be collected', () => {
  expect(found.filter(({ path, others }) => others > 0 && path !== TABLE)).toEqual([]);
});

it('lists every sentence and no other', () => {
  const text = `${JSON.stringify(Object.fromEntries(wanted.map((one) => [one, one])), null, 2)}\n`;
  if (process.env['MULTIPATH_UPDATE'] === '1') writeFileSync(bundle, text);
  expect(readFileSync(bundle, 'utf8')).toBe(text);
});
