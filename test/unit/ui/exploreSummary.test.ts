/** What an exploration is said to send and take, before it starts. */
import { expect, it } from 'vitest';
import type { ModelContext, PricedAnswer } from '../../../src/core/exploration.ts';
import { BUILT_IN_STRATEGIES } from '../../../src/core/strategies.ts';
import { measure, summaryOf, type ExplorePlan } from '../../../src/ui/explore/summary.ts';

const reads: number[] = [];
const priced: PricedAnswer[] = [];
const store = {
  readContext: (
    _: string,
    { maxTokens }: { readonly maxTokens: number },
  ): Promise<ModelContext> => {
    reads.push(maxTokens);
    const isSmall = maxTokens < 10_000;
    return Promise.resolve({
      messages: [],
      report: {
        messages: isSmall ? 5 : 12,
        tokens: isSmall ? 4_000 : 9_000,
        leftOut: isSmall ? { messages: 7, tokens: 5_000 } : { messages: 0, tokens: 0 },
        shortened: 1,
        redacted: [{ kind: 'GitHub token', count: 2 }],
      },
    });
  },
  priceAnswers: (answers: readonly PricedAnswer[]) => {
    priced.push(...answers);
    return Promise.resolve(answers.map(({ model }) => (model === 'big' ? 0.5 : null)));
  },
};
const plan: ExplorePlan = {
  strategies: BUILT_IN_STRATEGIES.filter(({ id }) => id === 'single' || id === 'dialectical'),
  models: [
    { id: 'openrouter/org/big', name: 'Big', provider: 'openrouter' },
    { id: 'ollama/small', name: 'Small', provider: 'ollama', maxInputTokens: 8_000 },
  ],
  question: 'So?',
  budget: {},
};

it('counts each step of each strategy for each model, and reads once for each window', async () => {
  const measured = await measure(store, { sessionId: 's', atMessage: 4 }, plan);
  expect(reads).toHaveLength(2);
  expect(priced.map(({ model }) => model)).toEqual([
    ...Array<string>(4).fill('big'),
    ...Array<string>(4).fill('small'),
  ]);
  expect(measured.inputTokens).toBeGreaterThan(4 * 9_000 + 4 * 4_000);
  expect(measured).toMatchObject({ usd: 2, unpriced: ['Small'], smallest: { messages: 5 } });
  const lines = summaryOf(plan, measured);
  expect(lines[0]).toMatch(/^8 requests, about/);
  expect(lines[1]).toBe('About $2.00, and what Small takes, whose price is not known');
  expect(lines.join('\n')).toContain('7 (5,000 tokens) do not fit the smallest window');
  expect(lines.join('\n')).toContain('2 secrets are taken out: GitHub token (2)');
  expect(lines.at(-1)).toBe('To: openrouter/org/big, ollama/small');
});

it('names and prices every model that is asked, also one that only a step asks', async () => {
  priced.length = 0;
  const steps = [{ name: 'judge', prompt: '{{question}}', model: 'other/dear' }];
  const sly = { ...plan, strategies: [{ id: 'sly', name: 'Sly', description: '', steps }] };
  const measured = await measure(store, { sessionId: 's', atMessage: 4 }, sly);
  expect(priced.map(({ model }) => model)).toEqual(['dear', 'dear']);
  expect(measured.unpriced).toEqual(['other/dear']);
  expect(summaryOf(sly, measured).at(-1)).toContain('other/dear');
});
