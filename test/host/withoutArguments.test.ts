/** What the palette does: every command without arguments, its questions closed unanswered. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { multipath, multipathApi, type TestApi } from './support/multipath.ts';
import { until } from './support/until.ts';

describe('a command without arguments', () => {
  const { showErrorMessage } = vscode.window;
  const errors: string[] = [];
  let api: TestApi;

  before(async () => {
    api = await multipathApi();
    // The extension shares this object: what it says to the person is heard here.
    Object.assign(vscode.window, {
      showErrorMessage: (message: string) => {
        errors.push(message);
        return Promise.resolve(undefined);
      },
    });
  });

  after(async () => {
    Object.assign(vscode.window, { showErrorMessage });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  beforeEach(() => errors.splice(0));

  it('is heard when it fails', async () => {
    await vscode.commands.executeCommand('multipath.openTranscriptAsText', 'no such session');
    assert.match(errors.join(), /no longer in the store/);
  });

  for (const command of contributedCommands()) {
    it(`${command} ends without an error and changes nothing`, async () => {
      const { total } = await api.store.listSessions({});
      let ended = false;
      const running = Promise.resolve(vscode.commands.executeCommand(command)).finally(() => {
        ended = true;
      });
      await until(`${command} has ended`, async () => {
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
        await vscode.commands.executeCommand('notifications.clearAll');
        return ended;
      });
      await running;
      assert.deepEqual(errors, []);
      assert.equal((await api.store.listSessions({})).total, total);
    });
  }
});

function contributedCommands(): string[] {
  const manifest = multipath().packageJSON as {
    contributes: { commands: { command: string }[] };
  };
  return manifest.contributes.commands.map(({ command }) => command);
}
