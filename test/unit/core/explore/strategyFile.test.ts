/** Strategies as files: what is read, what is complained of and where, and the schema for editors. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BUILT_IN_STRATEGIES } from '../../../../src/core/strategies.ts';
import { printStrategy, readStrategy } from '../../../../src/core/strategyFile.ts';
import { renderTemplate } from '../../../../src/core/strategyTemplate.ts';
import { schemaAccepts } from './support/jsonSchema.ts';

const SCHEMA: unknown = JSON.parse(
  readFileSync(new URL('../../../../media/strategy.schema.json', import.meta.url), 'utf8'),
);

function problems(text: string): string[] {
  const read = readStrategy(text, 'x');
  expect(read.strategy === undefined).toBe(read.problems.length > 0);
  return read.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('a strategy file', () => {
  it('says what its steps are', () => {
    const text = readFileSync(new URL('../../../../docs/strategies.md', import.meta.url), 'utf8');
    const example = /```yaml\n([^]*?)```/.exec(text)?.[1] ?? '';
    const { strategy, problems: found } = readStrategy(example, 'advocate');
    expect(found).toEqual([]);
    expect(strategy).toMatchObject({ id: 'advocate', name: "Devil's advocate" });
    expect(strategy?.steps.map(({ name, context }) => [name, context])).toEqual([
      ['answer', undefined],
      ['attack', 'conversation'],
      ['defence', 'conversation'],
    ]);
  });

  it('reads back as the strategy that it was printed from', () => {
    for (const strategy of BUILT_IN_STRATEGIES) {
      expect(readStrategy(printStrategy(strategy), strategy.id)).toEqual({
        strategy,
        problems: [],
      });
    }
  });

  it('is complained of with the place and what to do', () => {
    expect(problems('')).toEqual([
      '1:1 A strategy is made of “name” and “steps”: write “name: …” and “steps:” with a list below.',
    ]);
    expect(problems('name: A\nstep:\n  - name: a\n    prompt: b\n')).toEqual([
      '1:1 “steps” is missing. Add “steps:” and below it a list, each with “name” and “prompt”.',
      '2:1 “step” is nothing a strategy has here. Did you mean “steps”?',
    ]);
    expect(
      problems('name: A\nversion: 2\nsteps:\n  - name: One\n    prompt: 3\n    keep: all\n'),
    ).toEqual([
      '2:10 This version reads strategies of version 1. Write “version: 1”.',
      '4:11 A step’s name has lower-case letters, digits and hyphens, and begins with a letter: “{{steps.NAME}}” names it.',
      '5:13 “prompt” is text. Put it in quotes, or behind “|” on lines of its own.',
      '6:11 “keep” is one of “exchange”, “answer”.',
    ]);
    expect(problems('name: A\nname: B\nsteps: []')[0]).toMatch(/^2:1 This is not YAML/);
    expect(problems('name: A\nsteps: [\n')[0]).toMatch(/^\d:\d+ This is not YAML/);
    expect(problems('name: A\nsteps: text\n')).toEqual([
      '2:8 “steps” is a list: begin each step with “- name: …”.',
    ]);
    expect(problems('name: A\nsteps:\n  - just words\n  -\n')).toHaveLength(2);
  });

  it('is complained of where a placeholder leads nowhere', () => {
    const file = (first: string, second = 'x'): string =>
      `name: A\nsteps:\n  - name: one\n    prompt: |\n      Hello\n      ${first}\n  - name: two\n    prompt: "${second}"\n`;
    expect(
      problems(file('{{question}} \\{{ {{ question }}', '{{previous}} {{steps.one}}')),
    ).toEqual([]);
    expect(problems(file('{{previous}}'))[0]).toMatch(/^6:7 “\{\{previous\}\}” is the answer of/);
    expect(problems(file('a {{steps.two}}'))[0]).toMatch(/^6:9 No step stands before this one/);
    expect(problems(file('x', 'b {{steps.three}}'))[0]).toMatch(
      /^8:16 No step “three” stands before this one. There may be “one”.$/,
    );
    expect(problems(file('{{questoin}}'))[0]).toMatch(/^6:7 “\{\{questoin\}\}” is no placeholder/);
    expect(problems(file('{{ open'))[0]).toMatch(/^6:7 “\{\{” is no placeholder/);
    expect(problems('name: A\nsteps:\n  - &s { name: a, prompt: b }\n  - *s\n')[0]).toMatch(
      /Another step is called “a”/,
    );
  });

  it('is told by the schema for editors what its reader says of its form', () => {
    const step = { name: 'a', prompt: 'b' };
    const many = Array.from({ length: 21 }, (_, nth) => ({ ...step, name: `s${nth}` }));
    const files: readonly unknown[] = [
      { name: 'A', steps: [step] },
      { version: 1, name: 'A', description: '', steps: [step] },
      { name: 'A', steps: many.slice(1) },
      {
        name: 'A',
        steps: [{ ...step, title: '', system: 's', model: 'm', context: 'none', keep: 'answer' }],
      },
      {},
      [],
      null,
      'text',
      { name: 'A' },
      { steps: [step] },
      { name: '', steps: [step] },
      { name: '  ', steps: [step] },
      { name: 7, steps: [step] },
      { name: 'x'.repeat(81), steps: [step] },
      { name: 'A', steps: [] },
      { name: 'A', steps: {} },
      { name: 'A', steps: many },
      { name: 'A', steps: [step], more: 1 },
      { version: 2, name: 'A', steps: [step] },
      { version: '1', name: 'A', steps: [step] },
      { name: 'A', description: 1, steps: [step] },
      { name: 'A', steps: ['a'] },
      { name: 'A', steps: [{ name: 'a' }] },
      { name: 'A', steps: [{ prompt: 'a' }] },
      { name: 'A', steps: [{ ...step, name: 'A' }] },
      { name: 'A', steps: [{ ...step, name: `a${'b'.repeat(40)}` }] },
      { name: 'A', steps: [{ ...step, prompt: ' \n' }] },
      { name: 'A', steps: [{ ...step, prompt: ['b'] }] },
      { name: 'A', steps: [{ ...step, system: false }] },
      { name: 'A', steps: [{ ...step, model: 5 }] },
      { name: 'A', steps: [{ ...step, context: 'all' }] },
      { name: 'A', steps: [{ ...step, keep: null }] },
      { name: 'A', steps: [{ ...step, kept: 'answer' }] },
    ];
    for (const file of files) {
      const text = JSON.stringify(file);
      const accepted = readStrategy(text, 'x').problems.length === 0;
      expect([text, schemaAccepts(SCHEMA, parse(text))]).toEqual([text, accepted]);
    }
  });
});

describe('a prompt', () => {
  const values = { question: '{{previous}} $& $1', previous: '{{question}}', steps: new Map() };

  it('has each placeholder filled once, and what is put in is left alone', () => {
    expect(renderTemplate('{{question}} | {{ previous }} | \\{{question}}', values)).toBe(
      '{{previous}} $& $1 | {{question}} | {{question}}',
    );
    const steps = new Map([['a', '{{steps.b}}']]);
    expect(renderTemplate('{{steps.a}}{{steps.b}}', { ...values, steps })).toBe(
      '{{steps.b}}{{steps.b}}',
    );
  });
});
