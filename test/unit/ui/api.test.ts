import { expect, it, vi } from 'vitest';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { METHODS, STORE_METHODS } from '../../../src/protocol/methods.ts';
import { storeOver } from '../../../src/protocol/storeProxy.ts';
import { createApi } from '../../../src/ui/api.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const EXPLORING = { listStrategies: never, listModels: never, exploreMultipleStrategies: never };

function recorded(): { store: SessionStore; calls: [string, unknown][] } {
  const calls: [string, unknown][] = [];
  const store = storeOver(
    (name, args) => {
      calls.push([name, args]);
      return new Promise(() => undefined);
    },
    () => vi.fn(),
  );
  return { store, calls };
}

it('offers every operation but those that only the person decides', () => {
  const { version, store } = createApi(recorded().store, EXPLORING);
  expect(version).toBe(1);
  const missing = STORE_METHODS.filter((name) => !(name in store));
  expect(missing.sort()).toEqual([
    'cancelRuns',
    'claimRuns',
    'importSession',
    'listWaitingSessions',
    'noteFolders',
    'noteRun',
    'purgeSessions',
    'renewRuns',
    'restoreToAgent',
    'resumeInAgent',
    'setConsent',
    'setPrices',
    'setStoragePolicy',
    'startExploration',
  ]);
});

it('passes calls on, changes with a request id', () => {
  const { store, calls } = recorded();
  const api = createApi(store, EXPLORING);
  void api.store.getSession('a');
  void api.store.createSession({ title: 'b' });
  expect(calls[0]).toEqual(['getSession', ['a']]);
  expect(calls[1]).toMatchObject(['createSession', [{ title: 'b' }]]);
  expect(JSON.stringify(calls[1])).toMatch(/"requestId":"[0-9a-f-]{36}"/);
  expect(METHODS.createSession.mutates).toBe(true);
});

it('cannot be changed by those it is given to', () => {
  const { store } = recorded();
  const api = createApi(store, EXPLORING);
  expect(Reflect.set(api.store, 'getSession', () => undefined)).toBe(false);
  expect(Reflect.set(api, 'version', 2)).toBe(false);
  expect(createApi(store, EXPLORING).store).not.toBe(api.store);
});
