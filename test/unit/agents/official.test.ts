/** What Claude Code itself would read: the active branch and the title of its list. */
import { describe, expect, it } from 'vitest';
import { LogBuilder, read } from './support/logBuilder.ts';

const active = (log: LogBuilder) => read(log).reader.activeBranch();
const title = (log: LogBuilder | string) =>
  read(typeof log === 'string' ? Buffer.from(log) : log).reader.officialTitle();

describe('the official active branch', () => {
  it('is the chain to the last leaf of the file, in records', () => {
    const log = new LogBuilder()
      .user('p1', 'One.')
      .call('a1', 'm1', 'c1')
      .result('r1', 'c1', 'x')
      .answer('a2', 'Two.')
      .user('p2', 'Three.')
      .user('p3', 'Instead.', { parentUuid: 'a2' })
      .system('s1', 'turn_duration');
    expect(active(log)).toEqual({ length: 5, first: 'p1', leaf: 'p3', user: 3, assistant: 2 });
  });

  it('begins at the last compaction', () => {
    const log = new LogBuilder()
      .user('p1', 'One.')
      .answer('a1', 'Two.')
      .compaction('b1', 'a1')
      .answer('a2', 'Three.');
    expect(active(log)).toEqual({
      length: 2,
      first: 'b1-summary',
      leaf: 'a2',
      user: 1,
      assistant: 1,
    });
  });

  it('prefers leaves of the main chain and leaves out meta records', () => {
    const log = new LogBuilder()
      .user('m1', 'Caveat.', { isMeta: true })
      .user('p1', 'One.')
      .user('s1', 'Aside.', { isSidechain: true, parentUuid: null })
      .user('t1', 'Team.', { teamName: 'a', parentUuid: null });
    expect(active(log)).toMatchObject({ length: 1, first: 'p1', leaf: 'p1' });
  });

  it('takes the first of several ends with one id, and the last of them as a parent', () => {
    const log = new LogBuilder()
      .user('p1', 'One.')
      .answer('a1', 'Two.')
      .answer('a1', 'Again.', { parentUuid: null })
      .user('p2', 'Three.', { parentUuid: 'a1' });
    expect(active(log)).toMatchObject({ length: 2, first: 'a1', leaf: 'p2' });
    const ends = new LogBuilder().user('p1', 'One.').answer('a1', 'Two.');
    expect(active(ends.answer('a1', 'Again.', { parentUuid: null }))).toMatchObject({ length: 2 });
  });

  it('is empty for a ring, for no ids and for nothing', () => {
    const ring = new LogBuilder().user('p1', 'x', { parentUuid: 'a1' }).answer('a1', 'y');
    const bare = new LogBuilder().line({ type: 'user', message: { content: 'x' } });
    for (const log of [ring, bare, new LogBuilder()]) {
      expect(active(log)).toEqual({ length: 0, first: null, leaf: null, user: 0, assistant: 0 });
    }
  });

  it('does not see records on damaged lines', () => {
    const log = new LogBuilder().user('p1', 'One.').raw('\0').user('p2', 'Two.');
    expect(active(log)).toMatchObject({ length: 1, leaf: 'p1' });
  });
});

describe('the official title', () => {
  const prompts = () =>
    new LogBuilder()
      .user('m1', 'Not me.', { isMeta: true })
      .user('c1', '<command-name>/init</command-name>')
      .user('i1', '[Request interrupted by user]')
      .user('r1', [{ type: 'tool_result', tool_use_id: 'x', content: 'Not me.' }])
      .user('p1', '  First\nprompt. ');

  it('is the first prompt, else the first command', () => {
    expect(title(prompts())).toBe('First prompt.');
    expect(title(new LogBuilder().user('c1', '<command-name>/init</command-name>'))).toBe('/init');
  });

  it('is what the agent or the person wrote, the last of the best kind', () => {
    const log = prompts();
    const expected = (text: string | undefined) => expect(title(log)).toBe(text);
    log.line({ type: 'summary', summary: 'A summary', leafUuid: 'x' });
    expected('A summary');
    log.line({ type: 'last-prompt', lastPrompt: 'The last prompt' });
    expected('The last prompt');
    log.line({ type: 'ai-title', aiTitle: 'From the model' });
    expected('From the model');
    log.line({ type: 'custom-title', customTitle: 'Mine "1"' });
    log.line({ type: 'custom-title', customTitle: 'Mine "2"' });
    expected('Mine "2"');
  });

  it('looks at the first and the last 64 KiB only', () => {
    const filler = `${'x'.repeat(70_000)}\n`;
    const summary = '{"type":"summary","summary":"S"}\n';
    const ai = '{"type":"ai-title","aiTitle":"A"}\n';
    expect(title(`${summary}${filler}`)).toBeUndefined();
    expect(title(`${filler}${summary}`)).toBe('S');
    expect(title(`${ai}${filler}${summary}`)).toBe('A');
    expect(title(`${filler}${ai}${filler}${summary}`)).toBe('S');
  });

  it('is cut after 200 characters', () => {
    expect(title(new LogBuilder().user('p1', '\u{1f600}'.repeat(300)))).toBe(
      `${'\u{1f600}'.repeat(200)}…`,
    );
  });

  it('is none for subagents, for empty files and without any words', () => {
    expect(title(new LogBuilder().user('p1', 'Hi.', { isSidechain: true }))).toBeUndefined();
    expect(title('')).toBeUndefined();
    expect(title(new LogBuilder().progress('x1'))).toBeUndefined();
  });

  it('gives way to the first words where it is machine text', () => {
    const log = new LogBuilder().user('p1', [
      { type: 'text', text: '<system-reminder>Be good.</system-reminder>' },
      { type: 'text', text: 'Fix the build.' },
    ]);
    expect(title(log)).toMatch(/^<system-reminder>/);
    expect(read(log).log.title).toBe('Fix the build.');
  });
});
