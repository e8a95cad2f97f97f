import { describe, expect, it } from 'vitest';
import { summariseMessages } from '../../../src/core/mergeSummary.ts';
import { message, tool } from './messages.ts';

describe('summariseMessages', () => {
  it('tells what was asked, changed, run, and how it came out', async () => {
    const edit = { path: 'src/a.ts', added: 3, removed: 1 };
    const text = await summariseMessages('Login\nrace', [
      message('user', 'Fix   it\nwith a lock'),
      message('assistant', [tool('Edit', 'a.ts', { edit }), tool('Edit', 'a.ts', { edit })]),
      message('assistant', [
        tool('Bash', 'npm test', { result: { text: 'no', isError: true } }),
        tool('Bash', 'echo `x`'),
        tool('Bash', 'npm test'),
      ]),
      message('assistant', 'Done: **two** tabs no longer race.'),
      message('assistant', [tool('Bash', 'ls')]),
    ]);
    expect(text).toBe(
      [
        'Summary of 5 messages from “Login race”.',
        '**Asked**\n\n- Fix it with a lock',
        '**Files changed**\n\n- `src/a.ts` +6 −2',
        '**Commands**\n\n- `npm test` passed\n- `` echo `x` `` passed\n- `ls` passed',
        '**Outcome**\n\nDone: **two** tabs no longer race.',
      ].join('\n\n'),
    );
  });

  it('stays short however long the branch was, and says what it left out', async () => {
    const long = 'x'.repeat(100_000);
    const messages = Array.from({ length: 500 }, (_, at) => [
      message('user', `${at} ${long}`),
      message('assistant', [tool('Bash', `make ${at}`), { type: 'text', text: long }]),
    ]).flat();
    const text = await summariseMessages(long, messages);
    expect(text.length).toBeLessThan(15_000);
    expect(text).toContain('- … and 490 more');
    expect(text).toContain('- … and 480 more');
  });

  it('says only what there is', async () => {
    expect(await summariseMessages('t', [message('user', ' ')])).toBe(
      'Summary of 1 messages from “t”.',
    );
  });
});
