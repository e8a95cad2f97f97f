/** A merge goes to the target that its page shows, whatever failed on the way to another. */
import { expect, it } from 'vitest';
import { EventEmitter, Uri } from 'vscode';
import { Channel } from '../../../src/protocol/channel.ts';
import {
  mergeViewSchemas,
  type MergeHost,
  type MergeView,
} from '../../../src/protocol/mergePanel.ts';
import { MergePanel } from '../../../src/ui/panels/mergePanel.ts';
import { PlayedPanel } from './playedPanel.ts';
import { session } from './support.ts';

const sessions = new Map(['source', 'target', 'other'].map((id) => [id, session(id)]));

it('stays with the target that is shown where another cannot be planned', async () => {
  const merged: string[] = [];
  const none = new EventEmitter<never>().event;
  const services = {
    context: { extensionUri: Uri.file('/ext') },
    log: { debug: () => undefined, info: () => undefined },
    server: { state: 'running', onDidChangeState: none, onDidRestart: none },
    store: {
      onDidChange: () => () => undefined,
      getSession: (id: string) => Promise.resolve(sessions.get(id)),
      getStatus: () => Promise.resolve({ role: 'owner' }),
      getFamilyGraph: () => Promise.resolve({ branches: [] }),
      getMerges: () => Promise.resolve([]),
      planMerge: (target: string) =>
        target === 'other' ? Promise.reject(new Error('too long')) : Promise.resolve({}),
      mergeFork: (target: string) => {
        merged.push(target);
        return Promise.resolve({ mergeId: 'm', sessionId: target, merged: 0 });
      },
    },
  };
  const undo = { onDidChange: none, has: () => false };
  const writer = { models: () => [], stop: () => undefined, dispose: () => undefined };
  const played = new PlayedPanel();
  const page = new Channel<MergeView, MergeHost>(
    (message) => played.send(message),
    { changed: () => null, summary: () => null, setNotice: () => null },
    mergeViewSchemas,
  );
  played.onPage = () => (message) => page.receive(message);
  const panel = new MergePanel(
    services as never,
    undo as never,
    {} as never,
    writer as never,
    played.panel,
    { sourceId: 'source', targetId: 'target' },
  );
  expect(await page.request('ready', null)).toMatchObject({ target: { id: 'target' } });
  await expect(page.request('setTarget', { targetId: 'other' })).rejects.toThrow('too long');
  await page.request('merge', { mode: 'append', messages: [1], files: [] });
  expect(merged).toEqual(['target']);
  panel.dispose();
});
