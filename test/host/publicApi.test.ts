/** The public API as another extension meets it: through VS Code, with the published types. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Companion } from './companion/extension.ts';

describe('the public API', () => {
  let companion: Companion;

  before(async () => {
    const extension = vscode.extensions.getExtension<Companion>(
      'multipath-tests.multipath-companion',
    );
    assert.ok(extension, 'the second extension is not loaded in this window');
    companion = await extension.activate();
  });

  it('has a version and the operations', () => {
    assert.equal(companion.version, 1);
    for (const name of ['createSession', 'forkSession', 'compareSessions', 'onDidChange']) {
      assert.ok(companion.operations.includes(name), name);
    }
  });

  it('lets another extension keep, fork and find conversations, and tells it of changes', async () => {
    const word = `xylograph${Date.now()}`;
    const { parent, fork, byTag, found, heardOf } = await companion.keepConversation(word);
    assert.equal(parent.messageCount, 2);
    assert.equal(fork.parentId, parent.id);
    assert.equal(fork.inheritedCount, 1);
    assert.equal(fork.messageCount, 2);
    assert.deepEqual(byTag, [parent.id]);
    assert.ok(found.includes(parent.id));
    assert.ok(heardOf.includes(parent.id) && heardOf.includes(fork.id));
  });
});
