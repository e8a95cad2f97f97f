/** Claude Code's sessions of some age, and an import of them that is held where it looks for more. */
import { utimesSync } from 'node:fs';
import { onTestFinished, vi } from 'vitest';
import { codex } from '../../../../src/agents/codex/index.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { turns } from '../../store/support/claudeHome.ts';
import type { StoreFolder } from '../../store/support/openStore.ts';

export const DAY = 86_400_000;
export const id = (n: number): string =>
  `${String(n).padStart(8, '0')}-1111-4111-8111-111111111111`;

/** Writes a session of two messages that its agent left alone for so many days. */
export function writeOld(home: StoreFolder, n: number, days: number): void {
  home.claude.write(id(n), turns(`s${n}`, 2));
  const at = new Date(Date.now() - days * DAY);
  utimesSync(home.claude.file(id(n)), at, at);
}

/** The agents' own names of the sessions that are in a store. */
export async function natives(store: LocalStore): Promise<(string | undefined)[]> {
  const { sessions } = await store.listSessions({});
  return sessions.map((session) => session.origin?.nativeId).sort();
}

/**
 * Starts an import that has looked at Claude Code, which must be allowed, and is looking at Codex.
 * Returns what lets it go on, and resolves when it has ended.
 */
export async function looking(store: LocalStore): Promise<() => Promise<void>> {
  const found = Promise.withResolvers<undefined>();
  const said = Promise.withResolvers<undefined>();
  const discover = codex.discover.bind(codex);
  const spy = vi.spyOn(codex, 'discover').mockImplementationOnce(async function* (...args) {
    yield* discover(...args);
    found.resolve(undefined);
    await said.promise;
  });
  onTestFinished(() => spy.mockRestore());
  await store.setConsent('codex', 'granted');
  const running = store.importSessions();
  await found.promise;
  return async () => {
    said.resolve(undefined);
    await running;
  };
}
