/** The extension registers what it promises, starts no process for it, and leaves nothing behind. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExtensionContext } from 'vscode';
import { activate, deactivate } from '../../../src/extension.ts';
import { Commands, ContextKeyNames } from '../../../src/ui/contributions.ts';
import { contextKeys, live, registered, Uri } from '../support/vscode.ts';

interface Subscription {
  dispose(): unknown;
}

function start() {
  const subscriptions: Subscription[] = [];
  // Of the context, the composition uses these.
  const context = {
    subscriptions,
    workspaceState: { get: () => undefined, update: () => Promise.resolve() },
    extensionUri: Uri.file('/extension'),
    globalStorageUri: Uri.file('/storage'),
    asAbsolutePath: (path: string) => `/extension/${path}`,
  } as unknown as ExtensionContext;
  return { api: activate(context), subscriptions };
}

beforeEach(() => {
  live.clear();
  registered.clear();
  contextKeys.clear();
});

describe('activation', () => {
  it('registers every command, and sets the context keys', () => {
    const { api, subscriptions } = start();
    expect([...registered.keys()].sort()).toEqual(Object.values(Commands).sort());
    expect(api.version).toBe(1);
    expect(typeof api.store.listSessions).toBe('function');
    expect(
      [...contextKeys.keys()].filter((key) => !ContextKeyNames.some((one) => one === key)),
    ).toEqual([]);
    expect(contextKeys.get('multipath.state')).toBe('starting');
    for (const subscription of subscriptions) subscription.dispose();
  });

  it('ends everything it began', async () => {
    const { subscriptions } = start();
    expect(live.size).toBeGreaterThan(20);
    await deactivate();
    for (const subscription of subscriptions) subscription.dispose();
    expect([...live.values()]).toEqual([]);
  });
});
