/**
 * A session's path from its first message to a cut, as a writer takes it: what the target agent wrote
 * itself as records, everything from the first other message on as text.
 */
import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ForkSource, OwnPart, SaidMessage } from '../../agents/writer.ts';
import {
  addFlattened,
  flattenedIn,
  NOTHING_FLATTENED,
  saidIn,
  type Flattened,
} from '../../core/said.ts';
import { number, text, textOrNull, type Row } from '../../store/database.ts';
import type { PlacedEntry } from '../../store/outlines.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import type { SessionPosition } from '../../store/transcripts.ts';

export interface CutPath {
  readonly source: ForkSource;
  /** The agent's file that the fork is put beside, where its beginning is the agent's own. */
  readonly besideFile?: string;
  /** The last record taken over. */
  readonly anchor: { readonly logId: string; readonly seq: number };
  /** What became text on its way. */
  readonly flattened: Flattened;
  /** Messages that no model was told of, or that say nothing. */
  readonly unsaid: number;
}

/** Messages between two turns of the event loop. */
const BREATH = 20;
/** Outlines of messages decoded between two turns. */
const SLICE = 4_000;

interface Run {
  readonly log: Row;
  readonly entries: PlacedEntry[];
}

/** `end` is the number of messages taken. */
export async function cutPath(
  core: StoreCore,
  position: SessionPosition,
  end: number,
  target: { readonly agent: string; readonly joinsParts: boolean },
): Promise<CutPath> {
  const placed = await entriesOf(core, position, end);
  const own: OwnPart[] = [];
  let taken = 0;
  for (const run of runsOf(core, placed)) {
    const isOwn = text(run.log, 'agent') === target.agent;
    if (!isOwn || (own.length > 0 && !target.joinsParts)) break;
    own.push(await partOf(core, run));
    taken += run.entries.length;
  }
  const said = await saidFrom(core, position, taken, end);
  const last = placed.at(-1);
  const [first] = own;
  return {
    source: {
      own,
      saidCount: said.count,
      said: () => saidMessages(core, position, taken, end),
    },
    ...(first && { besideFile: first.path }),
    anchor: {
      logId: last ? core.logs.idOf(last.log) : '',
      seq: last?.entry.seqs.at(-1) ?? 0,
    },
    flattened: said.flattened,
    unsaid: end - taken - said.count,
  };
}

/** The path's messages; a session may have a hundred thousand. */
async function entriesOf(
  core: StoreCore,
  { log, branch }: SessionPosition,
  end: number,
): Promise<PlacedEntry[]> {
  const placed: PlacedEntry[] = [];
  for (let from = 0; from < end; from += SLICE) {
    if (from > 0) await nextTurn();
    placed.push(...core.outlines.entries(log, branch, from, Math.min(end, from + SLICE)));
  }
  return placed;
}

/** Messages of one log that follow each other. */
function runsOf(core: StoreCore, placed: readonly PlacedEntry[]): Run[] {
  const runs: Run[] = [];
  let at: number | undefined;
  for (const one of placed) {
    if (one.log !== at) {
      const log = core.database.get('SELECT * FROM log WHERE num = ?', [one.log]);
      if (!log) break;
      runs.push({ log, entries: [] });
      at = one.log;
    }
    runs.at(-1)?.entries.push(one);
  }
  return runs;
}

async function partOf(core: StoreCore, { log, entries }: Run): Promise<OwnPart> {
  const path = textOrNull(log, 'path') ?? '';
  return {
    nativeId: text(log, 'native_id'),
    path,
    isThere: number(log, 'superseded') === 0 && (await holds(path, number(log, 'byte_count'))),
    entries: entries.map(({ entry }) => entry),
    records: () => breathing(core.records.readAll(number(log, 'num'))),
  };
}

/** Others have the thread between two batches: a session may hold a hundred megabytes. */
async function* breathing<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    await nextTurn();
  }
}

/** True where a file is at least as long as what was read of it. */
async function holds(path: string, bytes: number): Promise<boolean> {
  if (path === '') return false;
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size >= bytes;
}

async function* saidMessages(
  core: StoreCore,
  position: SessionPosition,
  start: number,
  end: number,
): AsyncGenerator<SaidMessage> {
  for (let index = start; index < end; index++) {
    const message = await core.transcripts.readWhole(position, index);
    if (index % BREATH === 0) await nextTurn();
    const said = saidIn(message);
    if (!said) continue;
    const { timestamp, model, provider } = message;
    yield {
      ...said,
      ...(timestamp !== undefined && { timestamp }),
      ...(model !== undefined && { model }),
      ...(provider !== undefined && { provider }),
    };
  }
}

async function saidFrom(
  core: StoreCore,
  position: SessionPosition,
  start: number,
  end: number,
): Promise<{ readonly count: number; readonly flattened: Flattened }> {
  let count = 0;
  let flattened = NOTHING_FLATTENED;
  for (let index = start; index < end; index++) {
    const message = await core.transcripts.readWhole(position, index);
    if (index % BREATH === 0) await nextTurn();
    if (!saidIn(message)) continue;
    count++;
    flattened = addFlattened(flattened, flattenedIn(message));
  }
  return { count, flattened };
}
