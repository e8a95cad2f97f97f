/** Strategies and contexts in the extension host: real files, the real session server, no model. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { multipathApi, type TestApi } from './support/multipath.ts';

describe('exploring', () => {
  let api: TestApi;
  let folder: vscode.Uri;

  const write = (name: string, text: string): Thenable<void> =>
    vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(folder, '.multipath', name),
      new TextEncoder().encode(text),
    );

  before(async () => {
    api = await multipathApi();
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace, 'the window has no folder open');
    folder = workspace.uri;
  });

  after(async () => {
    const made = vscode.Uri.joinPath(folder, '.multipath');
    await vscode.workspace.fs.delete(made, { recursive: true });
  });

  it('offers the strategies of a workspace that is trusted beside its own', async () => {
    const steps = 'steps:\n  - name: answer\n    prompt: "{{question}}"\n';
    await write('duck.multipath.yaml', `name: Rubber duck\n${steps}`);
    await write('single.multipath.yaml', `name: Not the built-in one\n${steps}`);
    await write('broken.multipath.yaml', 'name: Broken\nsteps: nothing\n');
    const strategies = await api.listStrategies();
    const builtIn = [
      'single: Single',
      'sequential-refinement: Sequential refinement',
      'dialectical: Dialectical',
      'critique-and-revise: Critique and revise',
    ];
    assert.deepEqual(
      strategies.map(({ id, name }) => `${id}: ${name}`),
      vscode.workspace.isTrusted ? [...builtIn, 'duck: Rubber duck'] : builtIn,
    );
  });

  it('makes a context of a conversation in the session server, without secrets', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const { id } = await api.store.createSession({ title: 'Deploying' });
    await api.store.appendMessages(id, [
      { role: 'user', text: `Deploy it with ${token}` },
      { role: 'assistant', text: 'Done.' },
    ]);
    const { messages, report } = await api.store.readContext(id, { maxTokens: 1_000 });
    assert.deepEqual(messages, [
      { role: 'user', text: 'Deploy it with [secret removed: GitHub token]' },
      { role: 'assistant', text: 'Done.' },
    ]);
    assert.deepEqual(report.redacted, [{ kind: 'GitHub token', count: 1 }]);
  });

  it('makes nothing of a strategy or a model that is not there', async () => {
    const { id } = await api.store.createSession({ title: 'Asked' });
    await api.store.appendMessages(id, [{ role: 'user', text: 'Which lock?' }]);
    const options = { question: 'So?', models: ['no/such'] };
    await assert.rejects(
      api.exploreMultipleStrategies(id, 0, ['duck-typing'], options),
      /no strategy “duck-typing”/,
    );
    await assert.rejects(
      api.exploreMultipleStrategies(id, 0, ['single'], options),
      /no model “no\/such”/,
    );
    assert.deepEqual(await api.store.getSessionForks(id), []);
  });
});
