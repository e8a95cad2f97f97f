/** What a branch wrote into files, over a real store and real lines of Claude Code. */
import { expect, it } from 'vitest';
import type { Line } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

/** A call and its result, as two lines. */
function call(id: string, parent: string | null, name: string, input: object): Line[] {
  const said = (uuid: string, parentUuid: string | null, content: unknown, type: Line['type']) => ({
    ...{ uuid, parentUuid, type, text: '', minute: 0 },
    extra: { message: { role: type, content: [content] } },
  });
  return [
    said(`${id}-c`, parent, { type: 'tool_use', id, name, input }, 'assistant'),
    said(`${id}-r`, `${id}-c`, { type: 'tool_result', tool_use_id: id, content: 'ok' }, 'user'),
  ];
}

it('follows a file to the fork point and beyond, and does not count as an access', async () => {
  const folder = new StoreFolder();
  const path = '/tmp/elsewhere/a.ts';
  const big = 'line\n'.repeat(5_000);
  const write = call('one', 'p', 'Write', { file_path: path, content: `first\n${big}` });
  const edit = call('two', 'one-r', 'Edit', {
    ...{ file_path: path, old_string: 'first', new_string: 'second' },
  });
  folder.claude.write('s', [
    { uuid: 'p', parentUuid: null, type: 'user', text: 'Write it', minute: 0 },
    ...write,
    ...edit,
  ]);
  const store = await imported(folder);
  const [session] = (await store.listSessions({})).sessions;
  const id = session?.id ?? '';
  const count = session?.messageCount ?? 0;
  const { accessCount } = (await store.getSession(id)) ?? {};

  // Longer than a page shows of it: the whole was read.
  expect(await store.readBranchFile(id, path)).toMatchObject({
    known: 'whole',
    text: `second\n${big}`,
    edits: 2,
  });
  expect(await store.readBranchFile(id, path, { end: count - 1 })).toMatchObject({
    known: 'whole',
    text: `first\n${big}`,
    edits: 1,
  });
  expect(await store.readBranchFile(id, path, { end: 0 })).toMatchObject({ known: 'untouched' });
  expect(await store.readBranchFile(id, 'nowhere')).toMatchObject({ known: 'untouched', edits: 0 });
  expect(await store.getSession(id)).toMatchObject({ accessCount });
});
