/** The extension starts in a real extension host and its commands are there. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { multipath } from './support/multipath.ts';

describe('activation', () => {
  it('activates', async () => {
    const extension = multipath();
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every contributed command', async () => {
    await multipath().activate();
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = contributedCommands().filter((command) => !known.has(command));
    assert.deepEqual(missing, []);
  });
});

function contributedCommands(): string[] {
  const manifest = multipath().packageJSON as {
    contributes?: { commands?: { command: string }[] };
  };
  return (manifest.contributes?.commands ?? []).map(({ command }) => command);
}
