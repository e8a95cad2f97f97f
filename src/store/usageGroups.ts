/**
 * What a session's own answers took, by model and by length: what a price depends on. So costs are
 * found anew without reading a message when a price changes. Runs in the import worker, too.
 *
 * Invariant: merged groups are in one order, so equal usage is equal text.
 */
import { inputOf, lengthClass, type UsageGroup } from '../core/cost.ts';
import { addTokens, totalTokens, type TokenUsage } from '../core/message.ts';

/** Groups alike are one. Answers without tokens cost nothing and are left out. */
export function mergeUsage(groups: readonly UsageGroup[]): UsageGroup[] {
  const merged = new Map<string, UsageGroup>();
  for (const group of groups) {
    if (totalTokens(group.tokens) === 0) continue;
    const key = keyOf(group);
    const known = merged.get(key);
    merged.set(
      key,
      known
        ? {
            ...known,
            tokens: addTokens(known.tokens, group.tokens),
            answers: known.answers + group.answers,
            ...(known.nanoDollars !== undefined && {
              nanoDollars: known.nanoDollars + (group.nanoDollars ?? 0),
            }),
          }
        : group,
    );
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** As JSON, for a row of the catalogue. */
export function packUsage(groups: readonly UsageGroup[]): string {
  return JSON.stringify(
    groups.map(({ model = null, provider = null, answers, tokens, nanoDollars }) => {
      const { input, output, cacheRead, cacheWrite, cacheWrite1h } = tokens;
      const counts = [
        input,
        output,
        cacheRead,
        cacheWrite,
        ...(cacheWrite1h || nanoDollars !== undefined ? [cacheWrite1h ?? 0] : []),
        ...(nanoDollars === undefined ? [] : [nanoDollars]),
      ];
      return [model, provider, answers, ...counts];
    }),
  );
}

export function unpackUsage(json: string): UsageGroup[] {
  // Written by packUsage and checked block by block on the way back from disk.
  const rows = JSON.parse(json) as readonly (readonly [
    string | null,
    string | null,
    ...number[],
  ])[];
  return rows.map(([model, provider, answers = 0, ...counts]) => ({
    ...(model !== null && { model }),
    ...(provider !== null && { provider }),
    answers,
    tokens: tokensOf(counts),
    ...(counts[5] !== undefined && { nanoDollars: counts[5] }),
  }));
}

function tokensOf([
  input = 0,
  output = 0,
  cacheRead = 0,
  cacheWrite = 0,
  hour,
]: number[]): TokenUsage {
  return {
    input,
    output,
    cacheRead,
    cacheWrite,
    ...(hour && { cacheWrite1h: hour }),
  };
}

/**
 * The mean length stands for all: answers of one class stay in it when they are added up. What an
 * agent says the cost of is apart from what it does not.
 */
function keyOf({ model = '', provider = '', tokens, answers, nanoDollars }: UsageGroup): string {
  const mean = { input: inputOf(tokens) / answers, output: 0, cacheRead: 0, cacheWrite: 0 };
  const recorded = nanoDollars === undefined ? '' : '\nrecorded';
  return `${provider}\n${model}\n${lengthClass(mean)}${recorded}`;
}
