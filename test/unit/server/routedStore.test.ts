/** A store whose way to the files comes and goes, without the ways themselves. */
import { expect, it, onTestFinished } from 'vitest';
import type { StoreEvent } from '../../../src/core/sessionStore.ts';
import { RoutedStore } from '../../../src/server/routedStore.ts';
import { openFakeStore } from './support/fakeStore.ts';
import { temporaryFolder } from './support/wait.ts';

it('leaves a route whose end goes wrong, and asks and hears nothing of it any more', async () => {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const routed = new RoutedStore({
    storePath: folder.path,
    routeMs: 50,
    onProblem: () => undefined,
  });
  const listeners = new Set<(event: StoreEvent) => void>();
  const store = await openFakeStore(folder.path);
  const route = {
    role: 'owner' as const,
    ownerPid: process.pid,
    store: {
      ...store,
      onDidChange: (listener: (event: StoreEvent) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
  const end = Promise.withResolvers<undefined>();
  const used = routed.use(route, end.promise);
  expect(await routed.store.getSession('any')).toBeUndefined();
  end.reject(new Error('The disk cannot be looked at.'));
  await expect(used).rejects.toThrow('The disk cannot be looked at.');
  expect(listeners.size).toBe(0);
  await expect(routed.store.getSession('any')).rejects.toThrow('cannot be reached');
});
