/** What a model said of branches, as a document to be read: who won, where the order decided, and why. */
import { l10n } from 'vscode';
import {
  judgedPairs,
  rankBranches,
  type JudgedPair,
  type Judgement,
  type Verdict,
} from '../core/judge.ts';
import { totalTokens } from '../core/message.ts';
import { formatNumber } from './format.ts';
import { plain } from './text.ts';

/**
 * Markdown.
 * @param titles of the branches by id; one that is gone is called by its id
 * @param level of its first heading: 2 within another document
 */
export function judgementText(
  judgement: Judgement,
  titles: ReadonlyMap<string, string>,
  level: 1 | 2 = 1,
): string {
  const { model, at, verdicts, missing, criteria, tokens } = judgement;
  const name = (id: string): string => plain(titles.get(id) ?? id, 80);
  const pairs = judgedPairs(judgement);
  const byOrder = pairs.filter(({ outcome }) => outcome === 'order').length;
  const unknown = pairs.filter(({ outcome }) => outcome === 'unknown').length;
  const spent = totalTokens(tokens);
  const lines = [
    `${'#'.repeat(level)} ${l10n.t('What {0} said of {1} branches', plain(model.name, 60), formatNumber(judgement.sessionIds.length))}`,
    '',
    `${new Date(at).toLocaleString()}${spent > 0 ? ` · ${l10n.t('{0} tokens', formatNumber(spent))}` : ''}`,
    '',
    l10n.t(
      'Each pair was shown to the model twice, in both orders. Where its two answers disagree, the order decided and nobody has won. The score is another thing and was not changed.',
    ),
    ...(criteria === undefined ? [] : ['', l10n.t('Judged by: {0}', plain(criteria, 1000))]),
    '',
    ...rankBranches(judgement).map(
      ({ sessionId, wins, losses, ties }, nth) =>
        `${nth + 1}. **${name(sessionId)}**: ${l10n.t('{0} won, {1} even, {2} lost', wins, ties, losses)}`,
    ),
    '',
    ...(byOrder > 0
      ? [
          l10n.t(
            'In {0} of {1} pairs the order decided: take this judge with care.',
            formatNumber(byOrder),
            formatNumber(pairs.length),
          ),
          '',
        ]
      : []),
    ...(unknown > 0
      ? [
          l10n.t(
            '{0} of {1} pairs were not judged twice.',
            formatNumber(unknown),
            formatNumber(pairs.length),
          ),
          '',
        ]
      : []),
    ...pairs.flatMap((pair) => pairLines(pair, verdicts, missing, name, level + 1)),
  ];
  return lines.join('\n');
}

function pairLines(
  { a, b, outcome }: JudgedPair,
  verdicts: Judgement['verdicts'],
  missing: Judgement['missing'],
  name: (id: string) => string,
  level: number,
): string[] {
  const outcomes: Readonly<Record<JudgedPair['outcome'], string>> = {
    a: l10n.t('{0} won', name(a)),
    b: l10n.t('{0} won', name(b)),
    tie: l10n.t('even'),
    order: l10n.t('even: the order decided'),
    unknown: l10n.t('not judged twice'),
  };
  const orders = [
    [a, b],
    [b, a],
  ] as const;
  const said = orders.flatMap(([first, second]) => {
    const here = (one: { readonly first: string; readonly second: string }): boolean =>
      one.first === first && one.second === second;
    const verdict = verdicts.find(here);
    const words = verdict
      ? `**${winnerOf(verdict, name)}:** ${verdict.reason}`
      : (missing.find(here)?.error ?? '');
    return [
      '',
      `- ${l10n.t('“{0}” shown first:', name(first))} ${words.replaceAll(/\s*\n\s*/g, ' ')}`,
    ];
  });
  return [`${'#'.repeat(level)} ${name(a)} ↔ ${name(b)}: ${outcomes[outcome]}`, ...said, ''];
}

function winnerOf(verdict: Verdict, name: (id: string) => string): string {
  return verdict.winner === 'tie' ? l10n.t('Even') : name(verdict[verdict.winner]);
}
