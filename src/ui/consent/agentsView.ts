/** The list of agents found, with what there is of each; shown while a decision is missing. */
import { EventEmitter, l10n, ThemeIcon, TreeItem, window, type TreeDataProvider } from 'vscode';
import type { Disposable } from '../disposable.ts';
import type { AgentSurvey } from '../../core/sessionStore.ts';
import { Commands, Views } from '../contributions.ts';
import {
  agentDetails,
  agentSentence,
  foundDescription,
  undecided,
  viewMessage,
} from './consentText.ts';
import type { Consent } from './consent.ts';

export function registerAgentsView(consent: Consent): Disposable {
  const changed = new EventEmitter<undefined>();
  const provider: TreeDataProvider<AgentSurvey> = {
    onDidChangeTreeData: changed.event,
    getChildren: (element) => (element ? [] : [...undecided(consent.surveys)]),
    getTreeItem: agentItem,
  };
  const view = window.createTreeView(Views.agents, { treeDataProvider: provider });
  const show = () => {
    view.message = viewMessage(undecided(consent.surveys));
    changed.fire(undefined);
  };
  show();
  const subscription = consent.onDidChange(show);
  return {
    dispose: () => {
      subscription.dispose();
      view.dispose();
      changed.dispose();
    },
  };
}

function agentItem(survey: AgentSurvey): TreeItem {
  const item = new TreeItem(survey.label);
  item.id = survey.agent;
  item.description = foundDescription(survey);
  item.iconPath = new ThemeIcon('question');
  item.tooltip = agentDetails(survey, Date.now());
  item.accessibilityInformation = { label: agentSentence(survey) };
  item.command = { command: Commands.reviewAgents, title: l10n.t('Review Agents…') };
  return item;
}
