/**
 * Any sessions under any policy: a plan is the same when it is made twice, leaves nothing to do for
 * that instant once it is carried out, touches no critical session, and loses no message.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newId } from '../../../src/core/ids.ts';
import type { RetentionPolicy } from '../../../src/core/session.ts';
import type { StoragePolicy } from '../../../src/core/storage.ts';
import { consistent, DAY_MS, HOUR_MS } from '../../../src/core/tierPolicy.ts';
import { appendBatch, beginLog, finishLog } from '../../../src/server/fileSink.ts';
import { readFile } from '../../../src/server/fileReading.ts';
import { agentById } from '../../../src/agents/agents.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { MigrationEngine } from '../../../src/server/upkeep/migrationEngine.ts';
import { Mover } from '../../../src/server/upkeep/mover.ts';
import { planMoves, shownMoves, type Plan } from '../../../src/store/migration/planner.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { ClaudeHome, turns } from '../../unit/store/support/claudeHome.ts';

const NOW = Date.UTC(2026, 8, 1);
const NATIVE = '11111111-1111-4111-8111-111111111111';

interface Made {
  readonly ageHours: number;
  readonly size: number;
  readonly forkOf: number | undefined;
  readonly retention: RetentionPolicy;
  readonly frequency: number;
  readonly accessedHours: number;
  readonly trashedHours: number | undefined;
  readonly start: 'warm' | 'cold' | 'hot';
}

const hours = fc.integer({ min: 0, max: 40 * 24 });
const made: fc.Arbitrary<Made> = fc.record({
  ageHours: hours,
  size: fc.constantFrom(0, 10, 1_000, 60_000, 300_000),
  forkOf: fc.option(fc.nat(5), { nil: undefined }),
  retention: fc.constantFrom<RetentionPolicy[]>('standard', 'standard', 'critical', 'temporary'),
  frequency: fc.constantFrom(0, 0.5, 5, 20, 100),
  accessedHours: fc.oneof(fc.constant(0), hours),
  trashedHours: fc.option(hours, { nil: undefined, freq: 4 }),
  start: fc.constantFrom('warm' as const, 'cold' as const, 'hot' as const),
});
const perHour = fc.constantFrom(0, 0.1, 1, 10, 50);
const policy: fc.Arbitrary<StoragePolicy> = fc.record({
  automatic: fc.constant(true),
  hotPerHour: perHour,
  warmPerHour: perHour,
  coldPerHour: perHour,
  hotIdleMs: fc.constantFrom(0, HOUR_MS, 2 * DAY_MS),
  warmIdleMs: fc.constantFrom(0, HOUR_MS, 7 * DAY_MS),
  warmBytes: fc.constantFrom(0, 1, 100_000, 1e9),
  temporaryMs: fc.constantFrom(0, DAY_MS, 7 * DAY_MS),
  trashMs: fc.constantFrom(0, DAY_MS, 30 * DAY_MS),
});

interface World {
  readonly core: StoreCore;
  readonly ids: readonly string[];
}

/** Sessions of our own as asked for, and an agent's file with a rewind: two sessions in one log. */
async function build(folder: string, sessions: readonly Made[]): Promise<World> {
  let now = NOW;
  const core = await openStoreOver({
    storePath: path.join(folder, 'store'),
    hotBytes: 8_000_000,
    readOnly: false,
    now: () => now,
  });
  await importRewound(core, new ClaudeHome(path.join(folder, 'claude')));
  const ids: string[] = [];
  for (const session of sessions) {
    now = NOW - session.ageHours * HOUR_MS;
    const parent = session.forkOf === undefined ? undefined : ids[session.forkOf];
    const position = parent === undefined ? undefined : core.catalogue.position(parent);
    const canFork = position !== undefined && core.transcripts.total(position) > 0;
    const { sessionId } = core.database.transaction(() =>
      canFork && parent !== undefined
        ? core.edits.fork(parent, { atMessage: 0 })
        : core.edits.create({ title: newId() }),
    );
    if (session.size > 0) {
      const text = 'x'.repeat(session.size);
      core.database.transaction(() =>
        core.edits.append(sessionId, [
          { role: 'user', text },
          { role: 'user', text: sessionId },
        ]),
      );
    }
    ids.push(sessionId);
  }
  now = NOW;
  for (const [index, { start }] of sessions.entries()) {
    const position = core.catalogue.position(ids[index] ?? '');
    if (!position) throw new Error('a session was lost');
    const why = { rule: 'asked', reason: 'start' };
    if (start === 'cold') await core.moves.archive(position.log, why);
    if (start === 'hot') await core.transcripts.read(position, 0, 200);
  }
  core.database.transaction(() => {
    for (const [index, session] of sessions.entries()) {
      const id = ids[index] ?? '';
      core.edits.setDeleted(id, session.trashedHours !== undefined);
      core.database.run('UPDATE fact SET retention = ?, deleted_at = ? WHERE session_id = ?', [
        session.retention,
        session.trashedHours === undefined ? null : NOW - session.trashedHours * HOUR_MS,
        id,
      ]);
      core.database.run(
        'INSERT INTO access (session_id, count, last_at, frequency) VALUES (?, 1, ?, ?)',
        [id, NOW - session.accessedHours * HOUR_MS, session.frequency],
      );
    }
  });
  return { core, ids };
}

async function importRewound(core: StoreCore, home: ClaudeHome): Promise<void> {
  home.write(NATIVE, [...turns('a', 4), ...turns('r', 2, { parent: 'a-1', minute: 30 })]);
  const agent = agentById('claude-code');
  if (!agent) throw new Error('there is no reader');
  const file = home.file(NATIVE);
  const log = beginLog(core, agent.id, file, NOW);
  const signal = new AbortController().signal;
  const derived = await readFile(
    agent,
    file,
    undefined,
    (batch) => appendBatch(core, log, batch),
    () => undefined,
    signal,
  );
  await finishLog(
    core,
    log,
    { path: file, bytes: home.bytes(NATIVE).length, modifiedAt: NOW },
    derived,
  );
}

function plan(core: StoreCore, by: StoragePolicy): Promise<Plan> {
  const hasHotRoom = core.transcripts.hasHotRoom();
  return planMoves(core.tierFacts, by, { hasHotRoom, pause: () => Promise.resolve() });
}

/** Every session's messages that is still there, also in the trash. */
async function messages(core: StoreCore): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const { id } of core.database.all('SELECT id FROM session')) {
    const position = core.catalogue.position(String(id));
    if (!position) continue;
    const all = await core.transcripts.read(position, 0, 100);
    found.set(
      String(id),
      all.map(({ content }) => content),
    );
    // Looking must not move anything.
    core.transcripts.cool(String(id));
  }
  return found;
}

it('plans are stable, spare what is critical, lose nothing and leave nothing to do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(made, { minLength: 1, maxLength: 6 }),
      policy,
      async (sessions, raw) => {
        const by = consistent(raw);
        const folder = mkdtempSync(path.join(tmpdir(), 'multipath-tiers-'));
        const { core, ids } = await build(folder, sessions);
        try {
          const first = await plan(core, by);
          const again = await plan(core, by);
          expect(shownMoves(again)).toEqual(shownMoves(first));
          for (const move of shownMoves(first)) {
            if (move.retentionPolicy === 'critical')
              expect(move.to).not.toMatch(/cold|trash|removed/);
          }

          const hot = sessions.flatMap((_session, index) =>
            core.transcripts.isHot(ids[index] ?? '') ? [ids[index] ?? ''] : [],
          );
          const before = await messages(core);
          for (const id of hot) {
            const position = core.catalogue.position(id);
            if (position) await core.transcripts.read(position, 0, 200);
          }
          const problems: unknown[] = [];
          const engine = new MigrationEngine({
            core,
            mover: new Mover({ core, isImporting: () => false, announce: () => undefined }),
            activity: { quietIn: () => 0, onBegin: undefined },
            isImporting: () => false,
            isTaskRunning: () => false,
            announce: () => undefined,
            report: (error) => problems.push(error),
            clock: { now: () => NOW, elapsed: () => 0, sleep: () => Promise.resolve() },
            policy: by,
          });
          expect(await engine.runOnce()).toBe(true);
          expect(problems).toEqual([]);
          const left = await plan(core, by);
          expect(shownMoves(left)).toEqual([]);

          const removed = new Set(
            first.sessions.filter(({ to }) => to === 'removed').map(({ session }) => session.id),
          );
          if (removed.size === 0) {
            // What is removed makes room, and others may stay; else everything planned was needed.
            const entered = core.ledger
              .history(1000)
              .map(({ sessionId, rule }) => [sessionId, rule]);
            for (const { rule, sessions: together } of first.records) {
              expect(entered).toContainEqual([together[0]?.id, rule]);
            }
          }
          const after = await messages(core);
          for (const [id, content] of before) {
            if (after.has(id)) expect(after.get(id)).toEqual(content);
            else expect(removed).toContain(id);
          }
          for (const [index, { retention, trashedHours }] of sessions.entries()) {
            if (retention !== 'critical') continue;
            const row = core.database.get(
              `SELECT l.cold_count, f.deleted_at, f.purged_at FROM session s
               JOIN log l ON l.num = s.log JOIN fact f ON f.session_id = s.id WHERE s.id = ?`,
              [ids[index] ?? ''],
            );
            expect(row?.['cold_count']).toBe(0);
            expect(row?.['purged_at']).toBeNull();
            expect(row?.['deleted_at'] === null).toBe(trashedHours === undefined);
          }
        } finally {
          await core.moves.stop();
          core.access.dispose();
          core.database.close();
          core.archive.close();
          rmSync(folder, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 60 },
  );
});
