/** Moving sessions between the tiers because the person asks; undone by moving them back. */
import { l10n } from 'vscode';
import { pickFrom } from '../ask.ts';
import type { Tier } from '../../core/session.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { registerCommand } from '../vscodeApi.ts';
import { changeEach } from './eachSession.ts';
import { targetsOf, type CommandServices } from './targets.ts';

/** Reasons in the ledger, where they stand beside those of the decision table. */
const ASKED = 'asked for';
const UNDONE = 'undone';

export function registerMoving(services: CommandServices): Disposable[] {
  const register = (
    id: Parameters<typeof registerCommand>[1],
    title: string,
    run: (ids: readonly string[]) => Promise<void>,
  ) =>
    registerCommand(services.log, id, async (...args) => {
      const ids = await targetsOf(services, args, title);
      if (ids.length > 0) await run(ids);
    });
  return [
    register(Commands.archiveSession, l10n.t('Archive which session?'), (ids) =>
      moveSessions(services, ids, 'cold'),
    ),
    register(Commands.restoreFromArchive, l10n.t('Bring back which session?'), (ids) =>
      moveSessions(services, ids, 'warm'),
    ),
    register(Commands.moveToTier, l10n.t('Move which session?'), async (ids) => {
      const tier = await pickTier();
      if (tier) await moveSessions(services, ids, tier);
    }),
  ];
}

export function moveSessions(
  services: CommandServices,
  ids: readonly string[],
  tier: Tier,
): Promise<void> {
  const { store } = services;
  return changeEach(services, ids, {
    ...wordsFor(tier),
    act: async ({ id, storageTier }) => {
      if (storageTier === tier) return undefined;
      await store.migrateToTier(id, tier, { reason: ASKED });
      return () => store.migrateToTier(id, storageTier, { reason: UNDONE });
    },
  });
}

function wordsFor(tier: Tier) {
  switch (tier) {
    case 'cold':
      return {
        progress: l10n.t('Archiving'),
        done: (what: string, isOne: boolean) =>
          isOne ? l10n.t('{0} is archived.', what) : l10n.t('{0} are archived.', what),
        label: (what: string) => l10n.t('archiving {0}', what),
      };
    case 'warm':
      return {
        progress: l10n.t('Bringing back'),
        done: (what: string, isOne: boolean) =>
          isOne
            ? l10n.t('{0} is in the database.', what)
            : l10n.t('{0} are in the database.', what),
        label: (what: string) => l10n.t('bringing back {0}', what),
      };
    case 'hot':
      return {
        progress: l10n.t('Loading into memory'),
        done: (what: string, isOne: boolean) =>
          isOne ? l10n.t('{0} is in memory.', what) : l10n.t('{0} are in memory.', what),
        label: (what: string) => l10n.t('loading {0}', what),
      };
  }
}

async function pickTier(): Promise<Tier | undefined> {
  const item = (tier: Tier, label: string, detail: string) => ({ label, detail, tier });
  const picked = await pickFrom(
    [
      item('hot', `$(flame) ${l10n.t('Hot')}`, l10n.t('In memory, for what is used all the time')),
      item('warm', `$(database) ${l10n.t('Warm')}`, l10n.t('In the database, at hand')),
      item(
        'cold',
        `$(archive) ${l10n.t('Cold')}`,
        l10n.t('In the archive, compressed; comes back when it is opened'),
      ),
    ],
    { title: l10n.t('Move to Tier'), matchOnDetail: true },
  );
  return picked?.tier;
}
