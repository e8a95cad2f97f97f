/** The person's own prices of models, from the setting `multipath.prices`. */
import { l10n, window, workspace, type ConfigurationChangeEvent } from 'vscode';
import { readOwnPrices, type PriceProblem } from '../core/ownPrices.ts';
import type { OwnPrice } from '../core/storage.ts';
import { PRICES_SETTING } from './contributions.ts';
import { openMachineSettings } from './openSettings.ts';

/** Reads what is set. What makes no sense there is left out; the person is told of it by `warn`. */
export function readPrices(
  warn: (problems: readonly string[]) => void,
  get: (setting: string) => unknown = (setting) => workspace.getConfiguration().get(setting),
): readonly OwnPrice[] {
  const { prices, problems } = readOwnPrices(get(PRICES_SETTING), inWords);
  if (problems.length > 0) warn(problems);
  return prices;
}

export function affectsPrices(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(PRICES_SETTING);
}

/** Tells of the first problem, and leads to the setting. */
export function warnOfPrices(problems: readonly string[]): void {
  const [first = ''] = problems;
  const open = l10n.t('Open Settings');
  const more =
    problems.length === 1
      ? first
      : l10n.t('{0} ({1} more like this)', first, String(problems.length - 1));
  void window.showWarningMessage(more, open).then((answer) => {
    if (answer === open) void openMachineSettings(PRICES_SETTING);
  });
}

function inWords(problem: PriceProblem): string {
  switch (problem.kind) {
    case 'no-object':
      return l10n.t('multipath.prices has to be an object of models and their prices.');
    case 'no-model':
      return l10n.t('multipath.prices: a price stands without the name of a model.');
    case 'no-prices':
      return l10n.t(
        'multipath.prices: give “{0}” an object with “input” and “output”.',
        problem.pattern,
      );
    case 'unknown-key':
      return l10n.t(
        'multipath.prices: “{0}” has no price called “{1}”. There are input, output, cacheRead, cacheWrite and cacheWrite1h.',
        problem.pattern,
        problem.key,
      );
    case 'missing':
      return l10n.t('multipath.prices: “{0}” lacks “{1}”.', problem.pattern, problem.key);
    case 'no-number':
      return l10n.t(
        'multipath.prices: “{1}” of “{0}” has to be a number from 0: US dollars per million tokens.',
        problem.pattern,
        problem.key,
      );
  }
}
