/** Forks: what they were forked from is there, at the very message, and no chain is a circle. */
import { messageOf, MultipathError } from '../../../core/errors.ts';
import { number, numberOrNull, text, type Row } from '../../database.ts';
import type { Check, CheckContext } from '../check.ts';

export const lineageCheck: Check = {
  area: 'lineage',
  title: 'Following every fork to where it began',
  async run(context) {
    const { core, work, looked } = context;
    const rows = core.database.all(
      `SELECT n.session_id, n.log, n.fork_log, n.fork_seq, l.num AS base,
         coalesce(f.title, s.title, n.title) AS title
       FROM native n LEFT JOIN log l ON l.num = n.fork_log
       LEFT JOIN session s ON s.id = n.session_id LEFT JOIN fact f ON f.session_id = n.session_id
       WHERE n.fork_log IS NOT NULL`,
    );
    for (const row of rows) {
      await work.breathe();
      looked(1);
      checkFork(context, row);
    }
  },
};

function checkFork({ core, find }: CheckContext, row: Row): void {
  const { outlines } = core;
  const id = text(row, 'session_id');
  const name = `“${text(row, 'title')}”`;
  const about = { area: 'lineage', where: name, sessionIds: [id] } as const;
  if (numberOrNull(row, 'base') === undefined) {
    find({
      ...about,
      severity: 'damage',
      what: `The log that ${name} was forked from is gone.`,
      effect: 'Only what was said after the fork can be read.',
      remedy: 'Put the agent’s file back to where it was and import again.',
      repaired: false,
    });
    return;
  }
  const [base, seq] = [number(row, 'fork_log'), number(row, 'fork_seq')];
  try {
    outlines.spans(number(row, 'log'), 0);
  } catch (error) {
    if (!MultipathError.is(error, 'corrupt-file')) throw error;
    find({
      ...about,
      severity: 'damage',
      what: messageOf(error),
      effect: `${name} cannot be opened.`,
      remedy: 'Delete one of the forks of the circle.',
      repaired: false,
    });
    return;
  }
  if (outlines.locate(base, seq)) return;
  const near = outlines.locateAnchor(base, seq);
  find({
    ...about,
    severity: 'fault',
    what: `The message that ${name} was forked at is no longer shown, or lost.`,
    effect: near
      ? `The fork begins after message ${near.index + 1} instead, the nearest before it.`
      : 'Nothing before it is left either: the fork holds only what was said in it.',
    remedy: near
      ? 'The nearest earlier message is used. The place itself is kept, in case it comes back.'
      : 'Put the agent’s file back to where it was and import again.',
    repaired: near !== undefined,
  });
}
