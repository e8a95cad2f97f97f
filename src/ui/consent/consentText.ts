/**
 * What a person is told before anything is read: how much there is, what keeping it takes, and
 * that nothing leaves the machine. Only file sizes are known at this point.
 */
import { l10n } from 'vscode';
import type { AgentSurvey } from '../../core/sessionStore.ts';
import { countFiles, formatAge, formatBytes, formatSeconds } from '../format.ts';
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

/** What keeping the agent's history takes. */
export function costDescription(survey: AgentSurvey): string {
  return l10n.t(
    'the store will take about {0} and {1}',
    formatBytes(survey.estimatedStoreBytes),
    formatSeconds(survey.estimatedSeconds),
  );
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
  ].join('\n');
}
