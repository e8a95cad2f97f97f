/**
 * Moving sessions between the database and the archive, durable and in place when done, beside
 * what nobody can spare: gzip over the same bytes, and gunzip. And how long the owner of the store
 * is away from its event loop meanwhile.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { LocalStore } from '../../src/server/localStore.ts';
import type { Tier } from '../../src/core/session.ts';
import { contest, defineBenchmark } from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import { homeOf, importAll, openStore } from './support/store.ts';

const FILES = 20;
const FILE_BYTES = 1_000_000;
const ROUNDS = 5;
/** As much as a member holds. */
const PIECE = 256 * 1024;

export const benchmark = defineBenchmark({
  name: 'migration',
  limitSeconds: 120,
  figures: {
    'warm to cold': {
      unit: 'MB/s',
      statistic: 'median',
      baseline: 'gzip of the same bytes in memory',
      goal: { ratioAtLeast: 0.5 },
    },
    'cold to warm': {
      unit: 'MB/s',
      statistic: 'median',
      baseline: 'gunzip of the same bytes in memory',
      goal: { ratioAtLeast: 0.1 },
    },
    'longest wait': { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
  },
  run: async (bench) => {
    for (let seed = 0; seed < FILES; seed++) {
      writeHistory(homeOf(bench), { seed, bytes: FILE_BYTES });
    }
    const store = await openStore(bench);
    bench.onEnd(() => store.close());
    await importAll(store);
    const { sessions } = await store.listSessions({ limit: 1_000 });
    const bytes = sessions.reduce((sum, session) => sum + session.estimatedSizeBytes, 0);
    const pieces = piecesOf(homeOf(bench));
    const zipped = pieces.map((piece) => gzipSync(piece, { level: 6 }));

    const delay = monitorEventLoopDelay({ resolution: 1 });
    const times = { down: [] as number[], up: [] as number[] };
    const bare = { down: [] as number[], up: [] as number[] };
    const waits: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [way, tier] of [
        ['down', 'cold'],
        ['up', 'warm'],
      ] as const) {
        const turn = await contest({
          warmUp: 0,
          rounds: 1,
          subject: async () => {
            delay.reset();
            delay.enable();
            await moveAll(store, sessions, tier);
            delay.disable();
            waits.push(delay.max / 1e6);
            return bytes;
          },
          baseline: () =>
            way === 'down'
              ? pieces.reduce((sum, piece) => sum + gzipSync(piece, { level: 6 }).length, 0)
              : zipped.reduce((sum, piece) => sum + gunzipSync(piece).length, 0),
        });
        times[way].push(...turn.subject);
        bare[way].push(...turn.baseline);
      }
    }
    const speed = (all: readonly number[]): number[] => all.map((ms) => bytes / 1_000 / ms);
    return {
      'warm to cold': { subject: speed(times.down), baseline: speed(bare.down) },
      'cold to warm': { subject: speed(times.up), baseline: speed(bare.up) },
      'longest wait': { subject: waits },
    };
  },
});

async function moveAll(
  store: LocalStore,
  sessions: readonly { readonly id: string }[],
  tier: Tier,
): Promise<void> {
  for (const { id } of sessions) await store.migrateToTier(id, tier, { reason: 'benchmark' });
}

function piecesOf(home: string): Buffer[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => {
      const bytes = readFileSync(join(home, name));
      return Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, nth) =>
        bytes.subarray(nth * PIECE, (nth + 1) * PIECE),
      );
    });
}
