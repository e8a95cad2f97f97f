/** One item in the status bar while runs are under way, here or in another window. */
import { l10n, StatusBarAlignment, window, type StatusBarItem } from 'vscode';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { formatNumber } from '../format.ts';
import type { Runs } from './runs.ts';

export class RunStatusBar implements Disposable {
  readonly #item: StatusBarItem;
  readonly #runs: Runs;
  readonly #subscription: Disposable;
  /** Runs that ended since the item came. */
  #most = 0;

  constructor(runs: Runs) {
    this.#runs = runs;
    this.#item = window.createStatusBarItem('multipath.runs', StatusBarAlignment.Left, -1);
    this.#item.name = l10n.t('Multipath Runs');
    this.#item.command = Commands.showRuns;
    this.#subscription = runs.onDidChange(() => this.#show());
    this.#show();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #show(): void {
    const { live } = this.#runs;
    if (live.length === 0) {
      this.#most = 0;
      this.#item.hide();
      return;
    }
    this.#most = Math.max(this.#most, live.length);
    const running = live.filter(({ state }) => state === 'running').length;
    const ended = formatNumber(this.#most - live.length);
    this.#item.text = `$(sync~spin) ${ended}/${formatNumber(this.#most)}`;
    const text = l10n.t(
      'Exploring: {0} running, {1} queued',
      formatNumber(running),
      formatNumber(live.length - running),
    );
    this.#item.tooltip = text;
    this.#item.accessibilityInformation = { label: text };
    this.#item.show();
  }
}
