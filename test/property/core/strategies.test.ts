/** Strategies as files: what is printed reads back, and no text makes the reader throw. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printStrategy, readStrategy } from '../../../src/core/strategyFile.ts';
import { placeholdersIn, renderTemplate } from '../../../src/core/strategyTemplate.ts';
import type { Strategy, StrategyStep } from '../../../src/core/strategy.ts';

/** As a file can hold it: YAML knows no control characters but these, and no half characters. */
const words = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .map((text) => text.replaceAll(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\ufeff]/gu, ''));
const said = words.filter((text) => text.trim() !== '');
const plain = said.map((text) => text.replaceAll('{', '('));
const lines = fc.array(plain, { minLength: 1, maxLength: 4 }).map((all) => all.join('\n'));

const strategy: fc.Arbitrary<Strategy> = fc
  .record({
    name: said.map((text) => text.slice(0, 40)).filter((text) => text.isWellFormed()),
    description: words,
    steps: fc.array(
      fc.record(
        {
          prompt: lines,
          title: words,
          system: lines,
          model: words,
          context: fc.constantFrom('steps' as const, 'conversation' as const, 'none' as const),
          keep: fc.constantFrom('exchange' as const, 'answer' as const),
        },
        { requiredKeys: ['prompt'] },
      ),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .filter(({ name }) => name.trim() !== '')
  .map(({ name, description, steps }) => ({
    id: 'any',
    name,
    description,
    steps: steps.map(({ prompt, ...step }, nth): StrategyStep => {
      const before = nth === 0 ? '' : ` {{previous}} {{steps.step-${nth - 1}}}`;
      return { name: `step-${nth}`, ...step, prompt: `${prompt} {{question}}${before}` };
    }),
  }));

describe('a strategy file', () => {
  it('that was printed reads back as the same strategy', () => {
    fc.assert(
      fc.property(strategy, (wanted) => {
        expect(readStrategy(printStrategy(wanted), 'any')).toEqual({
          strategy: wanted,
          problems: [],
        });
      }),
      { numRuns: 400 },
    );
  });

  it('of any text is read or complained of, at a place that is in it', () => {
    const piece = fc.constantFrom(
      ...['name: A', 'steps:', '  - name: a', '    prompt: b', '\n', ': ', '- ', '[', '{{', '}}'],
      ...['"', "'", '|', '>', '&a', '*a', '!!js/function', '%YAML 1.2', '---', '\t', '# x', '? '],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('\n')),
    );
    fc.assert(
      fc.property(text, (any) => {
        const read = readStrategy(any, 'any');
        expect(read.strategy === undefined).toBe(read.problems.length > 0);
        const count = any.split('\n').length;
        for (const { line, column } of read.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(count + 1);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a template', () => {
  it('holds what is put in as it is, whatever that says', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom('{{question}}', '{{previous}}', '{{steps.a}}', '$&', '$1', '\\{{', '}}'),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, plain, (question, previous, a, around) => {
        const template = `${around}<{{question}}|{{ previous }}|{{steps.a}}>`;
        expect(renderTemplate(template, { question, previous, steps: new Map([['a', a]]) })).toBe(
          `${around}<${question}|${previous}|${a}>`,
        );
        expect(placeholdersIn(template)).toHaveLength(3);
      }),
      { numRuns: 500 },
    );
  });
});
