/**
 * Which of the files that were found are to be read, and in what order: newest first; but a file
 * that its agent is about to delete comes before those that are older than a week, soonest first.
 */
import type { FileCount } from '../../core/sessionStore.ts';
import type { LogFile } from '../../store/logFiles.ts';
import type { Found } from './sources.ts';

const DAY_MS = 86_400_000;
/** Files younger than this are what a person looks for first. */
const RECENT_MS = 7 * DAY_MS;
/** An agent that deletes a file within so many milliseconds is about to. */
const SOON_MS = 10 * DAY_MS;

export interface Limits {
  /** Files that were last written to before this time are over the budget. */
  readonly since?: number;
  /** What was found before this time was stopped by the person, and waits until it is asked for. */
  readonly stoppedAt?: number;
}

export interface Planned {
  readonly changed: readonly Found[];
  /** Files that the store has nothing of, whether or not they are to be read. */
  readonly unknown: readonly Found[];
  readonly overBudget: FileCount;
  /** Files that were missed and are there again. */
  readonly returned: readonly string[];
}

/**
 * @param known the file as the store has it, also under the name that it had before
 * @param mayBeMoved true for what may be a file that the store has, and that is gone from its place
 */
export function planReading(
  files: readonly Found[],
  known: (path: string) => LogFile | undefined,
  limits: Limits,
  mayBeMoved: (file: Found) => boolean = () => false,
): Planned {
  const changed: Found[] = [];
  const unknown: Found[] = [];
  const returned: string[] = [];
  let over: FileCount = { files: 0, bytes: 0 };
  for (const file of files) {
    const own = known(file.path);
    if (own?.goneAt !== undefined) returned.push(file.path);
    if (own && isUnchanged(own, file)) continue;
    const isKnown =
      own !== undefined || file.replaces?.some((other) => known(other) !== undefined) === true;
    if (!isKnown && !mayBeMoved(file)) unknown.push(file);
    if (isKnown || mayBeMoved(file) || isWithin(file, limits)) changed.push(file);
    else if (file.modifiedAt < (limits.since ?? 0)) {
      over = { files: over.files + 1, bytes: over.bytes + file.bytes };
    }
  }
  return { changed, unknown, overBudget: over, returned };
}

function isWithin({ modifiedAt }: Found, { since = 0, stoppedAt = 0 }: Limits): boolean {
  return modifiedAt >= Math.max(since, stoppedAt);
}

function isUnchanged(known: LogFile, file: Found): boolean {
  if (known.bytes !== file.bytes) return false;
  return known.isEmpty || known.modifiedAt === file.modifiedAt;
}

/** @param deletesAfterDays by agent; `undefined` where it deletes nothing */
export function inReadingOrder(
  files: readonly Found[],
  deletesAfterDays: (agent: string) => number | undefined,
  now: number,
): Found[] {
  const soon = new Map<Found, number>();
  for (const file of files) {
    const days = deletesAfterDays(file.agent);
    if (days === undefined) continue;
    const left = file.modifiedAt + days * DAY_MS - now;
    if (left < SOON_MS && now - file.modifiedAt > RECENT_MS) soon.set(file, left);
  }
  const recentFirst = (a: Found, b: Found): number => b.modifiedAt - a.modifiedAt;
  const isRecent = (file: Found): boolean => now - file.modifiedAt <= RECENT_MS;
  const others = files.filter((file) => !soon.has(file));
  return [
    ...others.filter(isRecent).sort(recentFirst),
    ...[...soon].sort(([, a], [, b]) => a - b).map(([file]) => file),
    ...others.filter((file) => !isRecent(file)).sort(recentFirst),
  ];
}
