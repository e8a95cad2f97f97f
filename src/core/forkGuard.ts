/**
 * Where a session may be cut. The reader folds tool results into the message of their call, so the
 * only cut that would separate the two is one right after a message whose call is still
 * unanswered: a model that is given such a history refuses to go on.
 */

export type GuardedCut =
  | {
      readonly ok: true;
      /** Index of the last message before the cut. */
      readonly at: number;
      /** Why the cut is not where it was asked for, in words for the person. */
      readonly movedBecause?: string;
    }
  | {
      readonly ok: false;
      readonly code: 'bad-request' | 'invalid-fork-point';
      /** In words for the person. */
      readonly reason: string;
    };

/**
 * Finds the valid cut nearest to "after message `at`" (from 0). Looks backwards first, because
 * messages the person did not choose must not come along unasked; goes forward only when nothing
 * would be left. `isOpen` tells whether a message holds a call without a result; only the
 * neighbourhood of the cut is asked about.
 */
export function guardCut(
  length: number,
  isOpen: (index: number) => boolean,
  at: number,
): GuardedCut {
  if (length === 0) {
    return {
      ok: false,
      code: 'bad-request',
      reason: 'This session has no messages yet, so there is nothing to fork.',
    };
  }
  if (!Number.isInteger(at) || at < 0 || at >= length) {
    return {
      ok: false,
      code: 'bad-request',
      reason: `There is no message ${number(at)} in this session. Choose one from 1 to ${number(length - 1)}.`,
    };
  }
  if (!isOpen(at)) return { ok: true, at };

  for (let before = at - 1; before >= 0; before--) {
    if (!isOpen(before)) return moved(at, before);
  }
  for (let after = at + 1; after < length; after++) {
    if (!isOpen(after)) return moved(at, after);
  }
  return {
    ok: false,
    code: 'invalid-fork-point',
    reason:
      'Every message of this session waits for the result of a tool call. Fork it once a call has been answered.',
  };
}

function moved(from: number, to: number): GuardedCut {
  return {
    ok: true,
    at: to,
    movedBecause: `Message ${number(from)} calls a tool that has no result yet. The fork was cut after message ${number(to)} instead.`,
  };
}

/** People count messages from 1. */
function number(index: number): string {
  return Number.isFinite(index) ? String(index + 1) : String(index);
}
