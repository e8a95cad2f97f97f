/** The judge of the chaos runs sees each kind of fault: a check that cannot fail proves nothing. */
import { describe, expect, it } from 'vitest';
import { Journal } from '../../../scripts/lib/chaos/journal.ts';
import { judge, type ObservedSession } from '../../../scripts/lib/chaos/judge.ts';

/** Two sessions, the second a fork of the first, with three requests. */
function journal(): Journal {
  const made = new Journal();
  made.born({ id: 'p', inherited: 0, titles: ['parent'], tags: ['a,b'] });
  made.born({ id: 'f', parentId: 'p', inherited: 2, titles: ['fork'], tags: [''] });
  made.sessions
    .get('p')
    ?.appends.push(
      { actor: 'x', texts: ['x-1 .', 'x-2 .'], acknowledged: true },
      { actor: 'x', texts: ['x-3 .'], acknowledged: true },
      { actor: 'y', texts: ['y-1 .', 'y-2 .'], acknowledged: false },
    );
  return made;
}

function observed(
  parentTexts: readonly string[],
  changes: { parent?: Partial<ObservedSession>; fork?: Partial<ObservedSession> } = {},
): ObservedSession[] {
  return [
    {
      ...{ id: 'p', title: 'parent', tags: ['b', 'a'], inheritedCount: 0, texts: parentTexts },
      ...changes.parent,
    },
    {
      ...{ id: 'f', title: 'fork', tags: [], inheritedCount: 2, texts: parentTexts.slice(0, 2) },
      ...changes.fork,
    },
  ];
}

const WHOLE = ['x-1 .', 'x-2 .', 'x-3 .'];

describe('the judge', () => {
  it.each([
    ['what was never answered is missing', WHOLE],
    ['what was never answered is there', [...WHOLE, 'y-1 .', 'y-2 .']],
    ['it stands before another actor’s', ['y-1 .', 'y-2 .', ...WHOLE]],
  ])('finds nothing wrong when %s', (_what, texts) => {
    expect(judge(journal(), observed(texts))).toEqual({ lost: 0, duplicates: 0, problems: [] });
  });

  it.each([
    ['a message', 1, observed(['x-1 .', 'x-2 .'])],
    ['the text of a message', 1, observed(['x-1 .', 'x-2 .', 'x-3 changed'])],
    ['a title', 1, observed(WHOLE, { parent: { title: 'other' } })],
    ['a tag', 1, observed(WHOLE, { parent: { tags: ['a'] } })],
    ['a message of a prefix', 1, observed(WHOLE, { fork: { texts: ['x-1 .', 'x-3 .'] } })],
    ['half of a request', 1, observed([...WHOLE, 'y-1 .'])],
    ['a session and what was in it', 6, observed(WHOLE).slice(1)],
  ])('counts %s that is lost', (_what, lost, sessions) => {
    expect(judge(journal(), sessions)).toMatchObject({ lost, duplicates: 0 });
  });

  it.each([
    ['a message', observed([...WHOLE, 'x-3 .'])],
    ['a message that was never sent there', observed([...WHOLE, 'z-1 .'])],
    [
      'a session',
      [...observed(WHOLE), { id: 'q', title: '', tags: [], inheritedCount: 0, texts: [] }],
    ],
  ])('counts %s that is there twice', (_what, sessions) => {
    expect(judge(journal(), sessions)).toMatchObject({ lost: 0, duplicates: 1 });
  });

  it('knows what was removed for good by its forks, and counts it when it is back', () => {
    const removed = journal();
    const parent = removed.sessions.get('p');
    if (parent) parent.purged = WHOLE;
    expect(judge(removed, observed(WHOLE).slice(1))).toMatchObject({ lost: 0, duplicates: 0 });
    expect(judge(removed, observed(WHOLE))).toMatchObject({ lost: 0, duplicates: 1 });
    const fork = observed(WHOLE, { fork: { texts: ['x-1 .'] } }).slice(1);
    expect(judge(removed, fork)).toMatchObject({ lost: 1, duplicates: 0 });
  });

  it.each([
    ['of one request', ['x-2 .', 'x-1 .', 'x-3 .']],
    ['of one actor', ['x-3 .', 'x-1 .', 'x-2 .']],
  ])('says when messages %s changed places', (_what, texts) => {
    const { lost, duplicates, problems } = judge(journal(), observed(texts));
    expect({ lost, duplicates }).toEqual({ lost: 0, duplicates: 0 });
    expect(problems.join()).toContain('order');
  });
});
