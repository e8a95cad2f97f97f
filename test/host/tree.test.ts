/** Pins and notes in a real extension host: commands, a note in an editor, and taking back. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { multipathApi, type TestApi } from './support/multipath.ts';
import { until } from './support/until.ts';

describe('pins and notes', () => {
  let api: TestApi;
  let ids: readonly string[];

  before(async () => {
    api = await multipathApi();
    const titles = ['Pinned one', 'Pinned two'];
    const made = await Promise.all(titles.map((title) => api.store.createSession({ title })));
    ids = made.map(({ id }) => id);
  });

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const sessions = () => Promise.all(ids.map((id) => api.store.getSession(id)));

  it('pins several sessions, which come first, and takes it back', async () => {
    await vscode.commands.executeCommand('multipath.pinSession', ids[0], ids);
    assert.ok((await sessions()).every((session) => session?.pinnedAt !== undefined));
    const { sessions: listed } = await api.store.listSessions({ pinnedFirst: true, limit: 2 });
    assert.deepEqual(new Set(listed.map(({ id }) => id)), new Set(ids));
    await vscode.commands.executeCommand('multipath.undo');
    assert.ok((await sessions()).every((session) => session?.pinnedAt === undefined));
  });

  it('keeps a note that is written in an editor, and shows there what others write', async () => {
    const [id = ''] = ids;
    const uri = vscode.Uri.from({ scheme: 'multipath-note', path: `/${id}/Pinned one.md` });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(), '');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'First line\nand “second”');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.ok(await document.save());
    assert.equal((await api.store.getSession(id))?.note, 'First line\nand “second”');
    await vscode.window.showTextDocument(document);
    await api.store.updateSession(id, { note: 'Written elsewhere' });
    await until('the editor shows it', () =>
      Promise.resolve(document.getText() === 'Written elsewhere'),
    );
  });

  it('refuses what a note cannot be', async () => {
    const [id = ''] = ids;
    const uri = vscode.Uri.from({ scheme: 'multipath-note', path: `/${id}/x.md` });
    await assert.rejects(Promise.resolve(vscode.workspace.fs.delete(uri)));
    const other = vscode.Uri.from({ scheme: 'multipath-note', path: '/nobody/x.md' });
    await assert.rejects(Promise.resolve(vscode.workspace.fs.readFile(other)));
  });
});
