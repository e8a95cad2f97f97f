/** Each rule of the decision table, which one wins, and that docs/tiers.md shows the same table. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  consistent,
  DAY_MS,
  decayed,
  DEFAULT_STORAGE_POLICY as POLICY,
  EVENT_RULES,
  HOUR_MS,
  RECORD_RULES,
  ruleFor,
  SESSION_RULES,
  valueOf,
  type RecordFacts,
  type SessionFacts,
} from '../../../src/core/tierPolicy.ts';

const DOC = new URL('../../../docs/tiers.md', import.meta.url);

const USED: SessionFacts = {
  tier: 'warm',
  retention: 'standard',
  accessesPerHour: 2,
  idleMs: HOUR_MS / 2,
  messages: 10,
};
const AT_HAND: RecordFacts = {
  accessesPerHour: 2,
  idleMs: HOUR_MS / 2,
  critical: false,
  bytesAtHand: 1e6,
  archivedBytes: 0,
};
const LEFT: Partial<RecordFacts> = { accessesPerHour: 0, idleMs: 9 * DAY_MS };

function session(change: Partial<SessionFacts>): string | undefined {
  return ruleFor(SESSION_RULES, { ...USED, ...change }, POLICY)?.id;
}
function records(change: Partial<RecordFacts>): string | undefined {
  return ruleFor(RECORD_RULES, { ...AT_HAND, ...change }, POLICY)?.id;
}

describe('what concerns a session alone', () => {
  const { hotIdleMs, temporaryMs, trashMs, hotPerHour } = POLICY;
  it.each<[string, Partial<SessionFacts>, string | undefined]>([
    ['one in use stays', {}, undefined],
    [
      'one in memory stays there within the hour',
      { tier: 'hot', idleMs: hotIdleMs - 1 },
      undefined,
    ],
    ['and leaves it after the hour', { tier: 'hot', idleMs: hotIdleMs }, 'hot-idle'],
    ['one that is used much comes into memory', { accessesPerHour: hotPerHour }, 'high-access'],
    ['from the archive too', { tier: 'cold', accessesPerHour: hotPerHour }, 'high-access'],
    ['not one a little below', { accessesPerHour: hotPerHour - 0.1 }, undefined],
    ['nor an empty one', { accessesPerHour: hotPerHour, messages: 0 }, undefined],
    ['nor one that is there', { tier: 'hot', accessesPerHour: hotPerHour }, undefined],
    [
      'a temporary one goes into the trash',
      { retention: 'temporary', idleMs: temporaryMs },
      'temporary-expired',
    ],
    ['not before its time', { retention: 'temporary', idleMs: temporaryMs - 1 }, undefined],
    ['a standard one never does', { idleMs: 1000 * DAY_MS }, undefined],
    ['nor a critical one', { retention: 'critical', idleMs: 1000 * DAY_MS }, undefined],
    ['the trash keeps what came lately', { inTrashMs: trashMs - 1 }, 'in-trash'],
    ['and lets go of the rest', { inTrashMs: trashMs }, 'trash-expired'],
    ['but not of what is critical', { retention: 'critical', inTrashMs: trashMs }, 'critical-kept'],
    [
      'nothing goes into the trash twice',
      { retention: 'temporary', idleMs: temporaryMs, inTrashMs: 0 },
      'in-trash',
    ],
    ['the trash wins over memory', { tier: 'hot', idleMs: hotIdleMs, inTrashMs: 0 }, 'in-trash'],
    [
      'and over temporary in memory',
      { tier: 'hot', retention: 'temporary', idleMs: temporaryMs },
      'temporary-expired',
    ],
  ])('%s', (_words, facts, rule) => {
    expect(session(facts)).toBe(rule);
  });

  it('keeps the trash for ever where that is wanted', () => {
    const facts = { ...USED, inTrashMs: 1e15 };
    expect(ruleFor(SESSION_RULES, facts, { ...POLICY, trashMs: 0 })?.id).toBe('in-trash');
  });
});

describe('what concerns the records of a file', () => {
  it.each<[string, Partial<RecordFacts>, string | undefined]>([
    ['those in use stay', {}, undefined],
    ['those that nobody uses go to the archive', LEFT, 'low-access'],
    ['not before their time', { ...LEFT, idleMs: POLICY.warmIdleMs - 1 }, undefined],
    ['nor while they are used now and then', { ...LEFT, accessesPerHour: 1 }, undefined],
    ['nor when all of them are there', { ...LEFT, bytesAtHand: 0, archivedBytes: 1 }, undefined],
    ['what was appended over a cold prefix follows', { ...LEFT, archivedBytes: 1 }, 'low-access'],
    ['critical ones stay', { ...LEFT, critical: true }, 'critical-stays'],
    ['and come back', { ...LEFT, critical: true, archivedBytes: 1 }, 'critical-returns'],
    ['used ones come back', { archivedBytes: 1, accessesPerHour: 10 }, 'medium-access'],
    ['not those that are used a little', { archivedBytes: 1, accessesPerHour: 9.9 }, undefined],
    ['without room the least valuable go', { idleMs: HOUR_MS, bytesOverBudget: 1 }, 'pressure'],
    ['not those used within the hour', { bytesOverBudget: 1 }, undefined],
    [
      'nor those used much',
      { idleMs: HOUR_MS, accessesPerHour: 10, bytesOverBudget: 1 },
      undefined,
    ],
    [
      'nor critical ones',
      { idleMs: HOUR_MS, critical: true, bytesOverBudget: 1 },
      'critical-stays',
    ],
    ['being left alone wins over room', { ...LEFT, bytesOverBudget: 1 }, 'low-access'],
  ])('%s', (_words, facts, rule) => {
    expect(records(facts)).toBe(rule);
  });

  it('is worth more the more and the later it is used, and the smaller it is', () => {
    const worth = (change: Partial<RecordFacts>): number => valueOf({ ...AT_HAND, ...change });
    expect(worth({ accessesPerHour: 3 })).toBeGreaterThan(worth({}));
    expect(worth({ idleMs: 0 })).toBeGreaterThan(worth({ idleMs: DAY_MS }));
    expect(worth({ bytesAtHand: 1e5 })).toBeGreaterThan(worth({}));
    expect(worth({ accessesPerHour: 0, idleMs: 7 * DAY_MS })).toBeCloseTo(0.25);
  });
});

describe('the numbers', () => {
  it('are put into an order in which nothing moves to and fro', () => {
    const policy = {
      ...POLICY,
      hotPerHour: 1,
      warmPerHour: 2,
      coldPerHour: 30,
      hotIdleMs: 5,
      warmIdleMs: 1,
    };
    expect(consistent(policy)).toMatchObject({
      hotPerHour: 30,
      warmPerHour: 30,
      coldPerHour: 30,
      warmIdleMs: 5,
    });
    expect(consistent(POLICY)).toEqual(POLICY);
  });

  it('fade by e an hour, and not backwards', () => {
    expect(decayed(10, HOUR_MS)).toBeCloseTo(10 / Math.E);
    expect(decayed(10, -HOUR_MS)).toBe(10);
  });

  it('stand in the reasons', () => {
    const rule = ruleFor(RECORD_RULES, { ...AT_HAND, ...LEFT }, POLICY);
    const reason = rule?.reason({ ...AT_HAND, ...LEFT }, POLICY);
    expect(reason).toBe('not used for 9 days (limit 7 days), 0 times an hour (limit 1)');
  });
});

describe('docs/tiers.md', () => {
  it('shows every rule in its order, and every class and trigger of the specification', () => {
    const rows = [...SESSION_RULES, ...RECORD_RULES, ...Object.values(EVENT_RULES)].map(
      ({ id, when, to, origin }, index) => {
        const target = to === 'stays' ? 'stays' : `→ ${to}`;
        const source = origin ? `${origin.class}: \`${origin.trigger}\`` : '';
        const part =
          index < SESSION_RULES.length
            ? 'session'
            : index < SESSION_RULES.length + RECORD_RULES.length
              ? 'records'
              : 'at once';
        return [part, `\`${id}\``, when, target, source];
      },
    );
    const table = [['', 'rule', 'applies to what is', 'and then it', 'class and trigger'], ...rows];
    const widths = [0, 1, 2, 3, 4].map((column) =>
      Math.max(3, ...table.map((row) => (row[column] ?? '').length)),
    );
    const line = (row: readonly string[], fill = ' ') =>
      `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
    const [head = [], ...body] = table;
    const expected = [line(head), line([], '-'), ...body.map((row) => line(row))].join('\n');

    const doc = readFileSync(DOC, 'utf8');
    const pattern = /(<!-- table: [^>]* -->\n\n)[\s\S]*?(\n*<!-- \/table -->)/;
    const wanted = doc.replace(
      pattern,
      (_all, begin: string) => `${begin}${expected}\n\n<!-- /table -->`,
    );
    if (process.env['MULTIPATH_UPDATE'] === '1') writeFileSync(DOC, wanted);
    else expect(doc, 'run with MULTIPATH_UPDATE=1 to write the table').toBe(wanted);

    const triggers = ['high_access', 'low_latency_required', 'medium_access'];
    triggers.push('balanced_performance', 'low_access', 'cost_optimization');
    for (const trigger of triggers) expect(expected).toContain(`\`${trigger}\``);
  });
});
