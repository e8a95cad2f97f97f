import { describe, expect, it } from 'vitest';
import { guardCut } from '../../../src/core/forkGuard.ts';

const open = { open: true };
const closed = {};

describe('guardCut', () => {
  it('cuts where it is asked to when no call is left unanswered there', () => {
    expect(guardCut([closed, open, closed], 2)).toEqual({ ok: true, at: 2 });
  });

  it('moves before an unanswered call and names both messages as a person counts them', () => {
    const cut = guardCut([closed, closed, open, open, closed], 3);
    expect(cut).toMatchObject({ ok: true, at: 1 });
    expect(cut.ok && cut.movedBecause).toMatch(/Message 4 .* after message 2/);
  });

  it('moves forward only when nothing would be left before', () => {
    expect(guardCut([open, open, closed, closed], 0)).toMatchObject({ ok: true, at: 2 });
  });

  it('finds no place when every call is unanswered', () => {
    expect(guardCut([open, open], 1)).toMatchObject({ ok: false, code: 'invalid-fork-point' });
  });

  it.each([-1, 3, 0.5, NaN, Infinity])('rejects %s as no message of the session', (at) => {
    expect(guardCut([closed, closed, closed], at)).toMatchObject({
      ok: false,
      code: 'bad-request',
    });
  });

  it('says that an empty session has nothing to fork', () => {
    const cut = guardCut([], 0);
    expect(!cut.ok && cut.reason).toMatch(/no messages/);
  });
});
