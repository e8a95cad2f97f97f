/** However the lines of subagents stand between each other, each conversation reads as if it stood alone. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claudeCode } from '../../../src/agents/claude-code/index.ts';
import type { OutlineEntry } from '../../../src/core/reader.ts';
import { forkOf, pathOf } from '../../unit/agents/support/forks.ts';
import { LogBuilder, PATH, read, type Fields } from '../../unit/agents/support/logBuilder.ts';
import { readLog } from '../../unit/agents/support/readLog.ts';
import { checkShape } from './support/shape.ts';

type Add = (log: LogBuilder) => void;

/** What one of them says, step by step; the first is the conversation they work for. */
function speaker(nth: number, steps: number, hangs: boolean): Add[] {
  const name = nth === 0 ? 'm' : `s${nth}`;
  const side: Fields = nth === 0 ? {} : { isSidechain: true };
  return Array.from({ length: steps }, (_, step): Add => {
    const first = hangs && nth > 0 ? 'm-0' : null;
    const fields = { ...side, parentUuid: step === 0 ? first : `${name}-${step - 1}` };
    const uuid = `${name}-${step}`;
    if (step === 0) return (log) => log.user(uuid, `Work of ${name}.`, fields);
    if (step % 3 === 1) {
      const block = { type: 'tool_use', id: `call-${uuid}`, name: 'Bash', input: {} };
      return (log) => log.block(uuid, `msg_${uuid}`, block, fields);
    }
    if (step % 3 === 2) return (log) => log.result(uuid, `call-${name}-${step - 1}`, 'ok', fields);
    return (log) => log.answer(uuid, `Step ${step} of ${name}.`, fields);
  });
}

const crowd = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 }),
  hangs: fc.boolean(),
  /** Whose line comes next. */
  turns: fc.array(fc.nat(), { maxLength: 50 }),
});

function mixed(speakers: readonly (readonly Add[])[], turns: readonly number[]): LogBuilder {
  const log = new LogBuilder();
  const left = speakers.map((steps) => [...steps]);
  // The conversation begins before any subagent does.
  left[0]?.shift()?.(log);
  const order = [...turns];
  while (left.some((steps) => steps.length > 0)) {
    const open = left.filter((steps) => steps.length > 0);
    open[(order.shift() ?? 0) % open.length]?.shift()?.(log);
  }
  return log;
}

const said = (entries: readonly OutlineEntry[] | undefined) =>
  entries?.map(({ nativeId, role, open, tools, tokens, seqs }) => ({
    nativeId,
    role,
    open,
    tools,
    tokens,
    records: seqs.length,
  }));

it('reads each conversation as if it stood alone', () => {
  fc.assert(
    fc.property(crowd, ({ lengths, hangs, turns }) => {
      const speakers = lengths.map((steps, nth) => speaker(nth, steps, hangs));
      const result = read(mixed(speakers, turns));
      checkShape(result.log);
      expect(result.log.problems).toEqual([]);
      const [main, ...sides] = result.log.branches;
      expect(sides).toHaveLength(speakers.length - 1);
      speakers.forEach((steps, nth) => {
        const alone = read(mixed([speaker(0, 1, false), ...(nth === 0 ? [] : [steps])], []));
        const whole = nth === 0 ? read(mixed([steps], [])).log.branches[0] : alone.log.branches[1];
        const found = nth === 0 ? main : sides.find(({ key }) => key === `sidechain s${nth}-0`);
        expect(said(found?.entries)).toEqual(said(whole?.entries));
      });
    }),
    { numRuns: 300 },
  );
});

it('writes a fork of a subagent as what was cut, and nothing of the others', async () => {
  await fc.assert(
    fc.asyncProperty(crowd, fc.nat(), async ({ lengths, hangs, turns }, at) => {
      const speakers = lengths.map((steps, nth) => speaker(nth, steps, hangs));
      const source = readLog(claudeCode, mixed(speakers, turns).toBytes(), PATH);
      for (const [branch, { sidechain }] of source.log.branches.entries()) {
        if (!sidechain) continue;
        const path = pathOf(source, branch);
        const cut = path.slice(0, 1 + (at % path.length));
        if (cut.at(-1)?.open) continue;
        const { read: fork } = await forkOf(source, { entries: cut });
        expect(fork.log.subagentOf).toBeUndefined();
        expect(fork.log.branches).toHaveLength(1);
        const [taken] = fork.log.branches;
        expect(taken?.entries.map(({ lineageId }) => lineageId)).toEqual(
          cut.map(({ nativeId }) => nativeId),
        );
      }
    }),
    { numRuns: 60 },
  );
});
