/** The picker over sessions: what it offers, and what it says where there is nothing to offer. */
import { expect, it } from 'vitest';
import type { SessionList } from '../../../src/core/sessionStore.ts';
import type { HostServices } from '../../../src/ui/services.ts';
import { pickSession } from '../../../src/ui/commands/pickSession.ts';
import { quickPicks } from '../support/vscode.ts';
import { session } from './support.ts';

const asked: unknown[] = [];
const none: SessionList = { sessions: [], total: 0 };
const store = {
  listSessions: (filter: unknown) => {
    asked.push(filter);
    return Promise.resolve(none);
  },
  getSession: (id: string) => Promise.resolve(session(id)),
};

it('offers what can be restored only, and says that there is nothing', async () => {
  // Of all services, the picker uses these.
  const services = { store } as unknown as HostServices;
  const picked = pickSession(services, {
    title: 'Restore?',
    none: 'Nothing to restore',
    rescued: true,
    first: 'one whose file is there',
  });
  const [picker] = quickPicks.splice(0);
  await expect.poll(() => picker).toHaveProperty('placeholder', 'Nothing to restore');
  expect(picker?.items).toEqual([]);
  expect(asked).toEqual([{ limit: 100, rescued: true }]);
  picker?.hide();
  expect(await picked).toBeUndefined();
});
