/** How the facts log stands to the database: what it lacks, what is too much, what is out of date. */
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { number, text, type Database } from '../database.ts';
import { checkOf, encodeFact, FACT_KINDS, readFacts } from './factLines.ts';
import { factsOf, nativeFact } from './factRows.ts';

export interface FactsState {
  readonly lines: number;
  readonly bytes: number;
  readonly damaged: number;
  /** Keys that the file says nothing of, or something that no longer holds. */
  readonly missing: number;
  /** Keys that the database does not have. */
  readonly surplus: number;
  /** Records of sessions that, as the file says itself, were removed for good. */
  readonly removed: number;
  /** Bytes of lines that hold. */
  readonly liveBytes: number;
  readonly end: number;
}

const NO_FILE: FactsState = {
  lines: 0,
  bytes: 0,
  damaged: 0,
  missing: 0,
  surplus: 0,
  removed: 0,
  liveBytes: 0,
  end: 0,
};

/**
 * Compares the file with the database and changes nothing. `isLeftOut` may take facts, named by kind
 * and id, out of what is missing or too much.
 */
export async function inspectFacts(
  database: Database,
  file: string,
  isLeftOut: (fact: string) => boolean = () => false,
): Promise<FactsState> {
  if (!existsSync(file)) return NO_FILE;
  const known = new Map<string, { readonly check: number; readonly bytes: number }>();
  /** Own logs, by their sessions. */
  const natives = new Map<string, string>();
  let [lines, bytes, damaged, end] = [0, 0, 0, 0];
  for await (const read of readFacts(file)) {
    damaged += read.damaged;
    end = read.end;
    for (const { kind, id, value, check, bytes: size } of read.lines) {
      lines++;
      bytes += size;
      if (kind === 'native') natives.set(id, nativeFact(value)?.log ?? '');
      if (value === undefined) known.delete(`${kind} ${id}`);
      else known.set(`${kind} ${id}`, { check, bytes: size });
    }
  }
  let liveBytes = 0;
  const missing: string[] = [];
  const compare = (kind: string, id: string, line: () => Buffer | undefined): void => {
    const there = known.get(`${kind} ${id}`);
    known.delete(`${kind} ${id}`);
    const expected = line();
    const isThere = there !== undefined && (!expected || checkOf(expected) === there.check);
    if (isThere) liveBytes += there.bytes;
    else missing.push(`${kind} ${id}`);
  };
  for (const kind of FACT_KINDS) {
    for (const facts of factsOf(database, kind)) {
      for (const { id, value } of facts) compare(kind, id, () => encodeFact(kind, id, value));
      await nextTurn();
    }
  }
  for (const { logId, count } of ownLogs(database)) {
    // Records are never changed: that they are there is enough.
    for (let seq = 0; seq < count; seq++) compare('record', `${logId}/${seq}`, () => undefined);
    await nextTurn();
  }
  known.delete('head facts');
  const named = new Set(natives.values());
  const left = [...known.keys()].filter((fact) => {
    const logId = /^record (.*)\/\d+$/.exec(fact)?.[1];
    return logId === undefined || named.has(logId);
  });
  const counts = (facts: readonly string[]): number =>
    facts.filter((fact) => !isLeftOut(fact)).length;
  return {
    lines,
    bytes,
    damaged,
    missing: counts(missing),
    surplus: counts(left),
    removed: known.size - left.length,
    liveBytes,
    end,
  };
}

/** Our own logs, and how many records each has. */
export function ownLogs(database: Database): { readonly logId: string; readonly count: number }[] {
  return database
    .all('SELECT l.id, l.record_count FROM native n JOIN log l ON l.num = n.log')
    .map((row) => ({ logId: text(row, 'id'), count: number(row, 'record_count') }));
}
