/**
 * Takes secrets out of what leaves this computer: secretlint's recommended rules, and our own
 * (ownRules.ts). A text without a secret comes back as the same text.
 *
 * Invariant: nothing that stands in a text can switch the rules off. secretlint obeys comments that
 * tell it to; here they are just text, because whoever wrote the text is not to be trusted.
 */
import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { RedactedSecrets } from '../exploration.ts';
import { kindOfRule } from './kinds.ts';
import { ownSecrets, type SecretRange } from './ownRules.ts';

export interface Redacted {
  readonly text: string;
  /** By kind, in the order of the alphabet; empty where nothing was found. */
  readonly secrets: readonly RedactedSecrets[];
}

const COMMENTS = '@secretlint/secretlint-rule-filter-comments';
/** One by one, because the preset always has the rule that obeys comments. */
const CONFIG = {
  rules: rules
    .filter(({ meta }) => meta.id !== COMMENTS)
    .map((rule) => ({ id: rule.meta.id, rule, options: {} })),
};

export async function redact(text: string): Promise<Redacted> {
  const found = merged([...(await knownSecrets(text)), ...ownSecrets(text)]);
  if (found.length === 0) return { text, secrets: [] };
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, kind } of found) {
    pieces.push(text.slice(at, start), `[secret removed: ${kind}]`);
    at = end;
  }
  return {
    text: pieces.join('') + text.slice(at),
    secrets: counted(found.map(({ kind }) => kind)),
  };
}

/** What was found in several texts together. */
export function addSecrets(...lists: readonly (readonly RedactedSecrets[])[]): RedactedSecrets[] {
  return counted(lists.flat().flatMap(({ kind, count }) => Array<string>(count).fill(kind)));
}

async function knownSecrets(text: string): Promise<SecretRange[]> {
  const { messages } = await lintSource({
    source: { content: text, filePath: 'message.txt', ext: '.txt', contentType: 'text' },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  return messages.map(({ ruleId, range: [start, end] }) => ({
    start,
    end,
    kind: kindOfRule(ruleId),
  }));
}

/** Ranges in order; those that touch the same characters are one, called as the first of them. */
function merged(ranges: readonly SecretRange[]): SecretRange[] {
  const result: SecretRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last && range.start < last.end) {
      result[result.length - 1] = { ...last, end: Math.max(last.end, range.end) };
    } else result.push(range);
  }
  return result;
}

function counted(kinds: readonly string[]): RedactedSecrets[] {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => ({ kind, count }));
}
