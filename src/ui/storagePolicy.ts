/** The decision table's numbers, from the settings `multipath.storage.*` (docs/tiers.md). */
import { workspace, type ConfigurationChangeEvent } from 'vscode';
import type { StoragePolicy } from '../core/storage.ts';
import { DAY_MS, DEFAULT_STORAGE_POLICY, HOUR_MS } from '../core/tierPolicy.ts';
import { StorageSettings } from './contributions.ts';

/** Reads what is set; what is no number there, or below 0, counts as not set. */
export function readStoragePolicy(
  get: (setting: string) => unknown = (setting) => workspace.getConfiguration().get(setting),
): StoragePolicy {
  const standard = DEFAULT_STORAGE_POLICY;
  const automatic = get(StorageSettings.automatic);
  const number = (setting: string, unit: number, otherwise: number): number => {
    const value = get(setting);
    const isNumber = typeof value === 'number' && Number.isFinite(value) && value >= 0;
    return isNumber ? value * unit : otherwise;
  };
  return {
    automatic: typeof automatic === 'boolean' ? automatic : standard.automatic,
    hotPerHour: number(StorageSettings.hotAccessesPerHour, 1, standard.hotPerHour),
    warmPerHour: number(StorageSettings.warmAccessesPerHour, 1, standard.warmPerHour),
    coldPerHour: number(StorageSettings.coldAccessesPerHour, 1, standard.coldPerHour),
    hotIdleMs: number(StorageSettings.hotIdleHours, HOUR_MS, standard.hotIdleMs),
    warmIdleMs: number(StorageSettings.warmIdleDays, DAY_MS, standard.warmIdleMs),
    warmBytes: number(StorageSettings.warmMegabytes, 1e6, standard.warmBytes),
    temporaryMs: number(StorageSettings.temporaryDays, DAY_MS, standard.temporaryMs),
    trashMs: number(StorageSettings.trashDays, DAY_MS, standard.trashMs),
  };
}

export function affectsStoragePolicy(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration('multipath.storage');
}
