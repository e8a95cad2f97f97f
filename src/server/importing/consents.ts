/**
 * Which agents may be read, and how much of each: the person's answers. A budget is kept as the
 * time from which on everything may be read, so that later imports agree with the first one, and
 * what an agent writes from then on is always within it.
 */
import * as v from 'valibot';
import type { ImportBudget } from '../../core/sessionStore.ts';
import { number, text, textOrNull, type Database } from '../../store/database.ts';

export type ConsentAnswer = 'granted' | 'declined';

export interface Consent {
  readonly answer: ConsentAnswer;
  readonly budget?: ImportBudget;
  /** Files that were last written to before this time stay unread; all may be read without it. */
  readonly since?: number;
}

/** A budget, and the time it comes to, in ms since the epoch. */
export interface DatedBudget {
  readonly budget: ImportBudget;
  readonly since: number;
}

const stored = v.object({
  days: v.exactOptional(v.number()),
  bytes: v.exactOptional(v.number()),
  since: v.number(),
});

const DAY_MS = 86_400_000;

export class Consents {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  of(agent: string): Consent | undefined {
    const row = this.#database.get('SELECT answer, at, budget FROM consent WHERE agent = ?', [
      agent,
    ]);
    if (!row) return undefined;
    const answer = text(row, 'answer') === 'granted' ? 'granted' : 'declined';
    const budget = textOrNull(row, 'budget');
    if (budget === undefined) return { answer };
    const parsed = v.safeParse(stored, jsonOf(budget));
    // What cannot be understood limits more, not less.
    if (!parsed.success) return { answer, budget: {}, since: number(row, 'at') };
    const { since, ...said } = parsed.output;
    return { answer, budget: said, since };
  }

  /** Inside a transaction. */
  set(agent: string, answer: ConsentAnswer, at: number, dated?: DatedBudget): void {
    const budget = dated ? JSON.stringify({ ...dated.budget, since: dated.since }) : null;
    this.#database.run(
      'INSERT OR REPLACE INTO consent (agent, answer, at, budget) VALUES (?, ?, ?, ?)',
      [agent, answer, at, budget],
    );
  }
}

/** From when on files are within a budget; `undefined` where it limits nothing. */
export function sinceOf(
  budget: ImportBudget,
  files: readonly { readonly bytes: number; readonly modifiedAt: number }[],
  now: number,
): number | undefined {
  const limits: number[] = [];
  if (budget.days !== undefined) limits.push(now - budget.days * DAY_MS);
  if (budget.bytes !== undefined) limits.push(newestUpTo(budget.bytes, files, now));
  return limits.length === 0 ? undefined : Math.max(...limits);
}

/** The time of the oldest file of the newest ones that together have at most so many bytes. */
function newestUpTo(
  bytes: number,
  files: readonly { readonly bytes: number; readonly modifiedAt: number }[],
  now: number,
): number {
  let left = bytes;
  let since = now;
  for (const file of files.toSorted((a, b) => b.modifiedAt - a.modifiedAt)) {
    left -= file.bytes;
    if (left < 0) return since;
    since = Math.min(since, file.modifiedAt);
  }
  return 0;
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined; // The caller takes it for a budget that cannot be understood.
  }
}
