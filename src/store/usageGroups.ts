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
  const sums = new UsageSums();
  for (const group of groups) sums.add(group);
  return sums.groups();
}

/** As `mergeUsage`, of groups that come one by one. */
export class UsageSums {
  readonly #sums = new Map<string, UsageGroup>();
  /** The one before, and its key: most answers of a session are alike. */
  #before: UsageGroup | undefined;
  #key = '';

  add(group: UsageGroup): void {
    if (totalTokens(group.tokens) === 0) return;
    if (!this.#before || !areAlike(this.#before, group)) this.#key = keyOf(group);
    this.#before = group;
    const known = this.#sums.get(this.#key);
    this.#sums.set(this.#key, known ? sumOf(known, group) : group);
  }

  groups(): UsageGroup[] {
    return [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }
}

function sumOf(a: UsageGroup, b: UsageGroup): UsageGroup {
  const sum: { -readonly [K in keyof UsageGroup]: UsageGroup[K] } = {
    tokens: addTokens(a.tokens, b.tokens),
    answers: a.answers + b.answers,
  };
  if (a.model !== undefined) sum.model = a.model;
  if (a.provider !== undefined) sum.provider = a.provider;
  if (a.nanoDollars !== undefined) sum.nanoDollars = a.nanoDollars + (b.nanoDollars ?? 0);
  return sum;
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
function keyOf(group: UsageGroup): string {
  const { model = '', provider = '' } = group;
  const recorded = group.nanoDollars === undefined ? '' : '\nrecorded';
  return `${provider}\n${model}\n${classOf(group)}${recorded}`;
}

function classOf({ tokens, answers }: UsageGroup): number {
  return lengthClass({ input: inputOf(tokens) / answers, output: 0, cacheRead: 0, cacheWrite: 0 });
}

/** True where two groups have one key. */
function areAlike(a: UsageGroup, b: UsageGroup): boolean {
  return (
    (a.model ?? '') === (b.model ?? '') &&
    (a.provider ?? '') === (b.provider ?? '') &&
    (a.nanoDollars === undefined) === (b.nanoDollars === undefined) &&
    classOf(a) === classOf(b)
  );
}
