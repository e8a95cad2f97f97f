import { describe, expect, it } from 'vitest';
import { guardCut } from '../../../src/core/forkGuard.ts';

const open = true;
const closed = false;

/** Cuts a session whose messages are open or closed. */
const cutAt = (messages: readonly boolean[], at: number) =>
  guardCut(messages.length, (index) => messages[index] === open, at);

describe('guardCut', () => {
  it('cuts where it is asked to when no call is left unanswered there', () => {
    expect(cutAt([closed, open, closed], 2)).toEqual({ ok: true, at: 2 });
  });

  it('moves before an unanswered call and names both messages as a person counts them', () => {
    const cut = cutAt([closed, closed, open, open, closed], 3);
    expect(cut).toMatchObject({ ok: true, at: 1 });
    expect(cut.ok && cut.movedBecause).toMatch(/Message 4 .* after message 2/);
  });

  it('moves forward only when nothing would be left before', () => {
    expect(cutAt([open, open, closed, closed], 0)).toMatchObject({ ok: true, at: 2 });
  });

  it('finds no place when every call is unanswered', () => {
    expect(cutAt([open, open], 1)).toMatchObject({ ok: false, code: 'invalid-fork-point' });
  });

  it.each([-1, 3, 0.5, NaN, Infinity])('rejects %s as no message of the session', (at) => {
    expect(cutAt([closed, closed, closed], at)).toMatchObject({
      ok: false,
      code: 'bad-request',
    });
  });

  it('says that an empty session has nothing to fork', () => {
    const cut = cutAt([], 0);
    expect(!cut.ok && cut.reason).toMatch(/no messages/);
  });
});
