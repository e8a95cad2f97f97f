/**
 * One run: windows at work while their servers are killed and stopped, then the reckoning. Every
 * server left must show the same store, and so must one that opens the folder afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../src/core/errors.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { Actor } from './actor.ts';
import { Dice } from './dice.ts';
import { Fleet } from './fleet.ts';
import { Journal } from './journal.ts';
import { judge, type Verdict } from './judge.ts';
import { observe, type Observation } from './observe.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly windows: number;
  readonly actorsPerWindow: number;
  readonly deedsPerActor: number;
  /** The program of the session server. */
  readonly program: string;
}

export interface ChaosResult extends Verdict {
  readonly acknowledged: number;
  readonly kills: number;
  readonly stops: number;
  readonly converged: boolean;
}

export const ORDINARY: Omit<ChaosOptions, 'seed' | 'program'> = {
  windows: 4,
  actorsPerWindow: 3,
  deedsPerActor: 30,
};

/** Acknowledgements between two troubles, at most. */
const MOST_BETWEEN = 20;

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const dice = new Dice(options.seed);
  const folder = mkdtempSync(join(tmpdir(), 'mp-chaos-'));
  const journal = new Journal();
  const fleets: Fleet[] = [];
  const open = (size: number): Fleet => {
    const fleet = new Fleet(folder, size, options.program);
    fleets.push(fleet);
    return fleet;
  };
  try {
    const fleet = open(options.windows);
    await workUnderFire(fleet, journal, dice, options);
    const verdict = await reckon(fleet, journal, dice, () => open(1), folder);
    const { kills, stops } = fleet;
    return { ...verdict, acknowledged: journal.acknowledged, kills, stops };
  } finally {
    for (const fleet of fleets) await fleet.end('killed');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function workUnderFire(
  fleet: Fleet,
  journal: Journal,
  dice: Dice,
  { windows, actorsPerWindow, deedsPerActor }: ChaosOptions,
): Promise<void> {
  const actors = Array.from({ length: windows * actorsPerWindow }, (_, nth) => {
    const window = nth % windows;
    const name = `w${window}a${Math.floor(nth / windows)}`;
    return new Actor({ name, window, fleet, journal, dice: dice.fork() });
  });
  const trouble = dice.fork();
  const work = Promise.all(actors.map((actor) => actor.work(deedsPerActor))).then(() => true);
  const aWhile = () => sleep(trouble.between(10, 60), false);
  const troubles: Promise<void>[] = [];
  let due = trouble.between(1, MOST_BETWEEN);
  while (!(await Promise.race([work, aWhile()]))) {
    // By what has been done, not by the clock: a busy machine may start servers more slowly than
    // they would be killed, and nobody would ever get an answer.
    if (journal.acknowledged < due) continue;
    due = journal.acknowledged + trouble.between(1, MOST_BETWEEN);
    // Half of it hits the owner, wherever it is by now.
    const owner = trouble.chance(0.5) ? await fleet.ownerWindow() : undefined;
    const window = owner ?? trouble.between(0, windows - 1);
    const ms = trouble.between(0, 300);
    troubles.push(trouble.chance(0.8) ? fleet.kill(window, ms) : fleet.stop(window, 100 + ms * 4));
  }
  for (const result of await Promise.allSettled(troubles)) {
    if (result.status === 'rejected') journal.problems.push(messageOf(result.reason));
  }
}

async function reckon(
  fleet: Fleet,
  journal: Journal,
  dice: Dice,
  openAgain: () => Fleet,
  folder: string,
): Promise<Verdict & { readonly converged: boolean }> {
  for (const session of journal.sessions.values()) {
    if (!session.deleted || session.purged) continue;
    const window = dice.between(0, fleet.size - 1);
    await fleet.ask(window, dice, (store) =>
      store.restoreSession(session.id, { requestId: `restore-${session.id}` }),
    );
    journal.acknowledged++;
  }
  const seen: Observation[] = [];
  for (let window = 0; window < fleet.size; window++) {
    seen.push(await fleet.ask(window, dice, observe));
  }
  await fleet.end(dice.chance(0.5) ? 'orderly' : 'killed');
  const later = openAgain();
  const last = await later.ask(0, dice, observe);
  const findings = await examined(later, dice);
  await later.end('orderly');
  const faults = [...findings, ...(await faultsOfFiles(folder))];

  const verdict = judge(journal, last.sessions);
  const problems = [...verdict.problems, ...journal.problems, ...faults];
  problems.push(...fleet.crashes, ...later.crashes);
  const same = seen.every(({ digest }) => digest === last.digest);
  if (!same)
    problems.push(`not the same: ${[...seen, last].map(({ digest }) => digest).join(' ')}`);
  return { ...verdict, problems, converged: same && problems.length === 0 };
}

/** The doctor's findings. The second copy is brought up to date a moment after an opening. */
async function examined(fleet: Fleet, dice: Dice): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    const { findings } = await fleet.ask(0, dice, (store) => store.runDoctor({ repair: false }));
    const found = findings
      .filter(({ severity }) => severity !== 'note')
      .map(({ severity, what, where }) => `${severity}: ${what} ${where ?? ''}`);
    if (found.length === 0 || tries === 4) return found;
    await sleep(2_000);
  }
}

/** What SQLite and the start of the store have to say of the files. */
async function faultsOfFiles(storePath: string): Promise<string[]> {
  const core = await openStoreOver({ storePath, hotBytes: 1_000_000, readOnly: true });
  try {
    const { recovery } = core.database;
    return [
      ...core.database.integrityProblems(),
      ...(recovery.lostAcknowledged ? ['the redo log lost acknowledged writes'] : []),
    ];
  } finally {
    core.access.dispose();
    core.archive.close();
    core.database.close();
  }
}
