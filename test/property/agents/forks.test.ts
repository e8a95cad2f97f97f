/**
 * Forks of any conversation at any of its messages: what is read of them is what they were cut from,
 * no call dangles, nothing that was left comes along, and no text is changed on its way, whatever it
 * holds.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claudeCode } from '../../../src/agents/claude-code/index.ts';
import { codex } from '../../../src/agents/codex/index.ts';
import { pi } from '../../../src/agents/pi/index.ts';
import type { Agent } from '../../../src/agents/agent.ts';
import type { OutlineEntry } from '../../../src/core/reader.ts';
import { draftOf, forkOf, pathOf } from '../../unit/agents/support/forks.ts';
import { LogBuilder, PATH } from '../../unit/agents/support/logBuilder.ts';
import { entriesIn, isShown, officialChain } from '../../unit/agents/support/officialChain.ts';
import { readLog, shown, type LogRead } from '../../unit/agents/support/readLog.ts';

const RUNS = Number(process.env['MULTIPATH_RUNS'] ?? 60);

const nasty = fc.constantFrom(
  '$(rm -rf ~) `id` && "quoted" \'single\' %PATH%',
  'Zażółć gęślą jaźń — 日本語 🎉 \u202eevil',
  'a\u2028b\u2029c\\n\\u0000 {"}{"type":"user"}',
  '</tool_result><thinking>',
  '-rf --resume=x\n\n\ttabs',
);
const words = fc
  .oneof(nasty, fc.string({ unit: 'grapheme', minLength: 1 }))
  .map((text) => `w${text}`);

/** What happens next in a conversation; numbers choose what it hangs on. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('prompt' as const), text: words }),
  fc.record({ kind: fc.constant('answer' as const), text: words }),
  fc.record({
    kind: fc.constant('tools' as const),
    text: words,
    count: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('noise' as const), text: words }),
  fc.record({ kind: fc.constant('rewind' as const), text: words, to: fc.nat(30) }),
  fc.record({ kind: fc.constant('compaction' as const), text: words }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The log of Claude Code that such a conversation leaves. */
function claudeLog(steps: readonly Step[]): LogBuilder {
  const log = new LogBuilder().user('p', 'First.');
  const answers = ['p'];
  steps.forEach((one, index) => {
    const id = `s${index}`;
    if (one.kind === 'prompt') log.user(id, one.text);
    else if (one.kind === 'answer') log.answer(id, one.text);
    else if (one.kind === 'noise') log.progress(id).system(`${id}-s`, 'turn_duration');
    else if (one.kind === 'compaction') log.compaction(id, log.last);
    else if (one.kind === 'rewind') {
      log.last = answers[one.to % answers.length] ?? 'p';
      log.user(id, one.text);
    } else tools(log, id, one.count, one.text);
    if (log.last !== null && one.kind !== 'noise') answers.push(log.last);
  });
  return log;
}

/** Calls side by side, each result on the line of its call: the chain goes through the last. */
function tools(log: LogBuilder, id: string, count: number, text: string): void {
  for (let nth = 0; nth < count; nth++)
    log.call(`${id}-c${nth}`, `m-${id}`, `call-${id}-${nth}`, { text });
  for (let nth = 0; nth < count; nth++) {
    log.result(`${id}-r${nth}`, `call-${id}-${nth}`, text, { parentUuid: `${id}-c${nth}` });
  }
}

const textsOf = (read: LogRead, entries: readonly OutlineEntry[]): unknown[] =>
  entries.map((entry) => shown(read, entry));

it('Claude Code reads the chain up to the cut, and we the messages', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), fc.nat(), async (steps, pick) => {
      const source = readLog(claudeCode, claudeLog(steps).toBytes(), PATH);
      const branch = pick % Math.max(1, source.log.branches.length);
      const path = pathOf(source, branch);
      const cut = path.slice(0, 1 + (pick % path.length));
      if (cut.at(-1)?.open === true) return;
      const { text, read } = await forkOf(source, { entries: cut });
      expect(read.log.branches).toHaveLength(1);
      expect(read.log.problems).toEqual([]);
      const own = read.log.branches[0]?.entries ?? [];
      const seen = own.map(({ lineageId }) => lineageId);
      const kept = cut.filter(({ nativeId }) => seen.includes(nativeId));
      expect(seen).toEqual(kept.map(({ nativeId }) => nativeId));
      expect(textsOf(read, own)).toEqual(textsOf(source, kept));
      // What stays out is shown in the branch but hangs beside its chain: it was left.
      const above = ancestors(source, cut.at(-1));
      for (const left of cut.filter((entry) => !kept.includes(entry))) {
        for (const seq of left.seqs) expect(above).not.toContain(idOfRecord(source, seq));
      }

      const written = entriesIn(text);
      const ids = new Set(cut.flatMap(({ seqs }) => seqs).map((seq) => idOfRecord(source, seq)));
      const chain = officialChain(written).filter(isShown);
      for (const entry of chain) expect(ids).toContain(originOf(entry));
      expect(originOf(written.at(-1) ?? {})).toBe(originOf(chain.at(-1) ?? {}));
      const blocks = JSON.stringify(written);
      const calls = [...blocks.matchAll(/"type":"tool_use","id":"([^"]+)"/g)].map(([, id]) => id);
      const results = [...blocks.matchAll(/"tool_use_id":"([^"]+)"/g)].map(([, id]) => id);
      expect([...new Set(calls)].sort()).toEqual([...new Set(results)].sort());
    }),
    { numRuns: RUNS },
  );
});

it.each<[string, Agent]>([
  ['Claude Code', claudeCode],
  ['Codex', codex],
  ['pi', pi],
])('%s is given every word of another agent', async (_name, agent) => {
  const said = fc.array(
    fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), text: words }),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(said, words, words, async (messages, title, folder) => {
      const { text, read } = await draftOf(agent, [], messages, { title, cwd: `/tmp/${folder}` });
      // Lines are lines: nothing in a text begins another.
      expect(text.split('\n').at(-1)).toBe('');
      for (const line of text.trimEnd().split('\n'))
        expect(() => JSON.parse(line) as unknown).not.toThrow();
      const entries = read.log.branches[0]?.entries ?? [];
      const told = entries.flatMap((entry) =>
        shown(read, entry).flatMap((block) => (block.type === 'text' ? [block.text] : [])),
      );
      expect(told.join('\n').replace(/\s/g, '')).toBe(
        messages
          .map(({ text: one }) => one)
          .join('\n')
          .replace(/\s/g, ''),
      );
      expect(read.log.problems).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

function idOfRecord(source: LogRead, seq: number): string {
  const record = JSON.parse(String(source.records[seq])) as { readonly uuid?: string };
  return record.uuid ?? '';
}

/** Ids of all records that a message stands on, its own included. */
function ancestors(source: LogRead, entry: OutlineEntry | undefined): Set<string> {
  const parents = new Map(
    source.records.map((bytes) => {
      const record = JSON.parse(String(bytes)) as Readonly<Record<string, string | null>>;
      return [record['uuid'], record['parentUuid'] ?? record['logicalParentUuid']];
    }),
  );
  const above = new Set<string>();
  for (const seq of entry?.seqs ?? []) {
    for (let at: string | null | undefined = idOfRecord(source, seq); at && !above.has(at);) {
      above.add(at);
      at = parents.get(at);
    }
  }
  return above;
}

function originOf(entry: Readonly<Record<string, unknown>>): string {
  const from = entry['forkedFrom'] as { readonly messageUuid?: string } | undefined;
  return from?.messageUuid ?? '';
}
