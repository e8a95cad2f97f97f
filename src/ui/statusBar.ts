/** One item that says how the store is; what can be done about it stands in its tooltip. */
import {
  l10n,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  window,
  type StatusBarItem,
} from 'vscode';
import type { Disposable } from './disposable.ts';
import type { StoreStatus } from '../core/sessionStore.ts';
import { budgetDescription } from './consent/consentText.ts';
import { Commands, Views, type CommandId } from './contributions.ts';
import { countSessions, formatNumber } from './format.ts';
import { percentOf, progressText, type Importer } from './importer.ts';
import type { HostServices } from './services.ts';
import { escapeMarkdown } from './text.ts';

export class StatusBar implements Disposable {
  readonly #item: StatusBarItem;
  readonly #services: HostServices;
  readonly #importer: Importer;

  constructor(services: HostServices, importer: Importer) {
    this.#services = services;
    this.#importer = importer;
    this.#item = window.createStatusBarItem('multipath.status', StatusBarAlignment.Left, 0);
    this.#item.name = 'Multipath';
    this.#item.command = `${Views.sessions}.focus`;
    this.update(undefined, false);
    this.#item.show();
  }

  update(status: StoreStatus | undefined, consentNeeded: boolean): void {
    const { text, facts, warning } = this.#describe(status, consentNeeded);
    this.#item.text = text;
    this.#item.accessibilityInformation = { label: `Multipath, ${facts.join(', ')}` };
    this.#item.backgroundColor = warning
      ? new ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.#item.tooltip = tooltip(facts, this.#actions(consentNeeded));
  }

  dispose(): void {
    this.#item.dispose();
  }

  #describe(
    status: StoreStatus | undefined,
    consentNeeded: boolean,
  ): { text: string; facts: readonly string[]; warning: boolean } {
    const { state, isAway } = this.#services.server;
    const progress = this.#importer.progress;
    if (state === 'idle') {
      return { text: '$(repo-forked) Multipath', facts: [l10n.t('not started')], warning: false };
    }
    if (isAway) {
      const fact = l10n.t('the session server does not answer; it is being restarted');
      return { text: '$(warning) Multipath', facts: [fact], warning: true };
    }
    const facts = status
      ? [
          countSessions(status.sessions),
          ...(status.notice === undefined ? [] : [status.notice]),
          ...(this.#importer.overBudget ? [budgetDescription(this.#importer.overBudget)] : []),
          ...(consentNeeded ? [l10n.t('found histories it may not read yet')] : []),
        ]
      : [l10n.t('starting')];
    if (progress) {
      return {
        text: `$(sync~spin) Multipath ${formatNumber(percentOf(progress))} %`,
        facts: [l10n.t('importing {0}', progressText(progress)), ...facts],
        warning: false,
      };
    }
    if (status?.notice !== undefined) return { text: '$(info) Multipath', facts, warning: false };
    const count = status ? ` ${formatNumber(status.sessions)}` : '';
    return { text: `$(repo-forked) Multipath${count}`, facts, warning: false };
  }

  #actions(consentNeeded: boolean): readonly (readonly [CommandId, string])[] {
    return [
      this.#importer.progress
        ? [Commands.cancelImport, l10n.t('Stop Import')]
        : [Commands.importSessions, l10n.t('Import Sessions')],
      [Commands.openSession, l10n.t('Open Session…')],
      [Commands.reviewAgents, consentNeeded ? l10n.t('Review and Allow…') : l10n.t('Agents…')],
      [Commands.showStorage, l10n.t('Storage')],
      [Commands.showLog, l10n.t('Show Log')],
    ];
  }
}

/** Only the listed commands may run from it, and the facts are escaped. */
function tooltip(
  facts: readonly string[],
  actions: readonly (readonly [CommandId, string])[],
): MarkdownString {
  const links = actions.map(([command, label]) => `[${label}](command:${command})`);
  const text = [
    '**Multipath**',
    ...facts.map((fact) => escapeMarkdown(fact, 400)),
    links.join(' · '),
  ];
  const markdown = new MarkdownString(text.join('\n\n'));
  markdown.isTrusted = { enabledCommands: actions.map(([command]) => command) };
  return markdown;
}
