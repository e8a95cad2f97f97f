/** Commands and documents in a real window, after a session was opened. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { multipathApi, type TestApi } from './support/multipath.ts';
import { until } from './support/until.ts';

describe('commands', () => {
  let api: TestApi;
  let sessionId: string;

  before(async () => {
    api = await multipathApi();
    const session = await api.store.createSession({ title: 'Commands' });
    await api.store.appendMessages(session.id, [
      { role: 'user', text: 'First prompt' },
      { role: 'assistant', text: 'First answer' },
      { role: 'user', text: 'Second prompt' },
    ]);
    sessionId = session.id;
  });

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('open a session in a panel named after it', async () => {
    await vscode.commands.executeCommand('multipath.openSession', sessionId);
    await until('the panel is there', () =>
      Promise.resolve(tabLabels().some((label) => label.includes('Commands'))),
    );
  });

  it('open a transcript as a Markdown document that holds its messages', async () => {
    await vscode.commands.executeCommand('multipath.openTranscriptAsText', sessionId);
    await until('the document is open', () =>
      Promise.resolve(
        vscode.workspace.textDocuments.some(
          (document) =>
            document.uri.scheme === 'multipath' &&
            document.getText().includes('First answer') &&
            document.getText().includes('Second prompt'),
        ),
      ),
    );
  });

  it('show up in the tree’s own order of projects and leave the store as it was', async () => {
    const total = (await api.store.listSessions({})).total;
    await vscode.commands.executeCommand('multipath.refresh');
    assert.equal((await api.store.listSessions({})).total, total);
  });

  it('tell a settings change to a new session server', async () => {
    const { serverPid } = await api.store.getStatus();
    const settings = vscode.workspace.getConfiguration('multipath.store');
    await settings.update('hotMegabytes', 16, vscode.ConfigurationTarget.Global);
    await until('another server answers', async () => {
      return (await api.store.getStatus()).serverPid !== serverPid;
    });
    assert.equal((await api.store.getSession(sessionId))?.messageCount, 3);
    await settings.update('hotMegabytes', undefined, vscode.ConfigurationTarget.Global);
  });
});

function tabLabels(): string[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
}
