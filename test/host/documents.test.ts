/** The documents VS Code shows for messages: both sides of a compared pair, and one in full. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { messageUri, transcriptUri } from '../../src/ui/documents.ts';
import { multipathApi, type TestApi } from './support/multipath.ts';
import { until } from './support/until.ts';

describe('documents', () => {
  let api: TestApi;
  const ids: string[] = [];

  before(async () => {
    api = await multipathApi();
    const parent = await api.store.createSession({ title: 'Documents' });
    await api.store.appendMessages(parent.id, [
      { role: 'user', text: 'Which colour?' },
      { role: 'assistant', text: 'Blue, with a **white** border.', model: 'claude-sonnet-4-5' },
    ]);
    const fork = await api.store.forkSession(parent.id, { atMessage: 0 });
    await api.store.appendMessages(fork.session.id, [
      { role: 'assistant', text: 'Green, with a **white** border.' },
    ]);
    ids.push(parent.id, fork.session.id);
  });

  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('show the messages of a compared pair, without facts that would only differ', async () => {
    const [left, right] = await Promise.all(
      ids.map((id) => read(messageUri(id, { index: 1, role: 'assistant' }, 'diff'))),
    );
    assert.match(left ?? '', /Blue, with a \*\*white\*\* border\./);
    assert.equal(left?.replace('Blue', 'Green'), right);
  });

  it('open beside each other in the editor for differences', async () => {
    const [left, right] = ids.map((id) => messageUri(id, { index: 1, role: 'assistant' }, 'diff'));
    await vscode.commands.executeCommand('vscode.diff', left, right, 'Colours');
    await until('the pair is shown', () =>
      Promise.resolve(
        vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff,
      ),
    );
  });

  it('tell a message in full with its model', async () => {
    const [id = ''] = ids;
    const text = await read(messageUri(id, { index: 1, role: 'assistant' }));
    assert.match(text, /claude-sonnet-4-5/);
  });

  it('follow a transcript that grows', async () => {
    const [id = ''] = ids;
    const document = await vscode.workspace.openTextDocument(
      transcriptUri({ id, title: 'Documents' }),
    );
    assert.match(document.getText(), /Which colour\?/);
    await api.store.appendMessages(id, [{ role: 'user', text: 'And the text?' }]);
    await until('the document has grown', () =>
      Promise.resolve(document.getText().includes('And the text?')),
    );
  });

  it('say so when there is no such session', async () => {
    const uri = messageUri('no-such-session', { index: 0, role: 'user' });
    await assert.rejects(read(uri));
  });
});

async function read(uri: vscode.Uri): Promise<string> {
  return (await vscode.workspace.openTextDocument(uri)).getText();
}
