/**
 * What a person is told before anything is read: how much there is, what keeping it takes, and
 * that nothing leaves the machine. Only file sizes are known at this point.
 */
import { l10n } from 'vscode';
import type { AgentSurvey, FileCount, ImportBudget } from '../../core/sessionStore.ts';
import { countFiles, formatAge, formatBytes, formatNumber, formatSeconds } from '../format.ts';
import { oneLine } from '../text.ts';

/** Agents with a history that the person has not decided about. */
export function undecided(surveys: readonly AgentSurvey[]): readonly AgentSurvey[] {
  return surveys.filter(({ consent, files }) => consent === undefined && files > 0);
}

/** `Claude Code: 214 files, 1.2 GB; the store will take about 300 MB and 40 s.` */
export function agentSentence(survey: AgentSurvey): string {
  return l10n.t(
    '{0}: {1}, {2}; the store will take about {3} and {4}.',
    survey.label,
    countFiles(survey.files),
    formatBytes(survey.bytes),
    formatBytes(survey.estimatedStoreBytes),
    formatSeconds(survey.estimatedSeconds),
  );
}

export function foundDescription(survey: AgentSurvey): string {
  if (survey.files === 0) return l10n.t('nothing found');
  return `${countFiles(survey.files)} · ${formatBytes(survey.bytes)}`;
}

/** An agent in the list that the person checks. */
export interface AgentItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly picked: boolean;
  readonly agent: string;
}

export function agentItem(survey: AgentSurvey, now: number): AgentItem {
  const { agent, label, consent, files, bytes } = survey;
  const found = foundDescription(survey);
  return {
    label,
    description: files === 0 ? found : `${found} · ${costOf(survey, bytes)}`,
    detail: agentDetails(survey, now).replaceAll('\n', ' · '),
    // What was allowed stays so, also while its files are out of sight.
    picked: consent === 'granted' || (consent === undefined && files > 0),
    agent,
  };
}

export interface BudgetChoice {
  readonly label: string;
  readonly description: string;
  /** Everything where it is absent. */
  readonly budget?: ImportBudget;
}

const GIGABYTE = 1e9;
const SIZES = [1, 5, 20];

/** How much of a history may be read, with what there is of it and what keeping it takes. */
export function budgetChoices(survey: AgentSurvey): readonly BudgetChoice[] {
  const ages = (survey.byAge ?? []).filter(
    ({ files }, index, all) => files > 0 && files < survey.files && files !== all[index - 1]?.files,
  );
  return [
    { label: l10n.t('Everything'), description: partDescription(survey, survey) },
    ...ages.map(({ days, ...part }) => ({
      label: l10n.t('The last {0} days', formatNumber(days)),
      description: partDescription(survey, part),
      budget: { days },
    })),
    ...SIZES.filter((size) => size * GIGABYTE < survey.bytes).map((size) => ({
      label: l10n.t('The newest {0}', formatBytes(size * GIGABYTE)),
      description: costOf(survey, size * GIGABYTE),
      budget: { bytes: size * GIGABYTE },
    })),
  ];
}

function partDescription(survey: AgentSurvey, { files, bytes }: FileCount): string {
  return `${countFiles(files)} · ${formatBytes(bytes)} · ${costOf(survey, bytes)}`;
}

function costOf(survey: AgentSurvey, bytes: number): string {
  const share = survey.bytes === 0 ? 0 : bytes / survey.bytes;
  return l10n.t(
    'the store will take about {0} and {1}',
    formatBytes(survey.estimatedStoreBytes * share),
    formatSeconds(survey.estimatedSeconds * share),
  );
}

/** What a person limited reading to, and what is left unread by it. */
export function budgetDescription({ files, bytes }: FileCount): string {
  return l10n.t('{0} ({1}) over the budget are not read', countFiles(files), formatBytes(bytes));
}

/** The sentence over the list of agents. */
export function viewMessage(surveys: readonly AgentSurvey[]): string {
  return [
    ...surveys.map(agentSentence),
    l10n.t(
      'Nothing has been read yet. The files stay where they are and nothing leaves this machine.',
    ),
  ].join(' ');
}

/** The agent's folders and the age of its newest file, one fact a line. */
export function agentDetails(survey: AgentSurvey, now: number): string {
  return [
    ...survey.roots.map((root) => oneLine(root, 300)),
    ...(survey.newestAt === undefined
      ? []
      : [l10n.t('newest from {0}', formatAge(survey.newestAt, now))]),
    ...(survey.overBudget ? [budgetDescription(survey.overBudget)] : []),
    ...(survey.deletesAfterDays === undefined
      ? []
      : [l10n.t('deleted by the agent after {0} days', formatNumber(survey.deletesAfterDays))]),
  ].join('\n');
}
