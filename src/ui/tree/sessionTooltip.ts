/**
 * What a session tells when the pointer rests on it. Titles, models, paths, tags and notes are
 * foreign text: everything goes through `escapeMarkdown`, and the tooltip is not trusted.
 */
import { l10n, MarkdownString } from 'vscode';
import type { Session } from '../../core/session.ts';
import {
  countMessages,
  costBeside,
  countSubagents,
  formatAge,
  formatBytes,
  formatCosts,
  formatDate,
  formatNumber,
  shortModel,
} from '../format.ts';
import { PRICE_TABLE } from '../../core/priceTable.ts';
import { escapeMarkdown } from '../text.ts';
import { retentionName, titleOf } from './treeItems.ts';

/** Of a long note; all of it is in its editor. */
const NOTE_LENGTH = 600;
const NOTE_LINES = 12;

export interface TooltipState {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** An agent is at work in it, in this workspace. */
  readonly isLive: boolean;
}

export function sessionTooltip(session: Session, state: TooltipState): MarkdownString {
  const { problemCount, note, origin } = session;
  const lines = [
    `**${escapeMarkdown(titleOf(session))}**`,
    '',
    ...facts(session, state.now).map(([name, value]) => `${name}: ${escapeMarkdown(value)}  `),
  ];
  if (note !== undefined) lines.push('', ...noteLines(note));
  if (state.isLive) lines.push('', l10n.t('It is running here now.'));
  if (origin?.gone !== undefined) {
    lines.push(
      '',
      l10n.t(
        'Rescued: its agent’s file is gone since {0}; all of it is here.',
        formatDate(origin.gone),
      ),
    );
  }
  if (session.subagentOf === undefined && session.subagentOfNative !== undefined) {
    lines.push('', l10n.t('A subagent of a session that is not here.'));
  }
  if (problemCount > 0) {
    lines.push('', l10n.t('{0} lines of the file could not be read.', formatNumber(problemCount)));
  }
  const tooltip = new MarkdownString(lines.join('\n'));
  tooltip.isTrusted = false;
  tooltip.supportHtml = false;
  return tooltip;
}

function noteLines(note: string): string[] {
  const lines = note.slice(0, NOTE_LENGTH).split('\n');
  const shown = lines.slice(0, NOTE_LINES).map((line) => `${escapeMarkdown(line, NOTE_LENGTH)}  `);
  return note.length > NOTE_LENGTH || lines.length > NOTE_LINES ? [...shown, '…'] : shown;
}

function facts(session: Session, now: number): (readonly [string, string])[] {
  const { subagents } = session;
  const rows: (readonly [string, string] | undefined)[] = [
    [l10n.t('Messages'), countMessages(session.messageCount)],
    session.parentId === undefined
      ? undefined
      : [l10n.t('Forked at message'), formatNumber(session.inheritedCount)],
    saidOf(session, 'reason', l10n.t('Reason')),
    saidOf(session, 'strategy', l10n.t('Strategy')),
    session.models.length === 0
      ? undefined
      : [l10n.t('Models'), session.models.map(shortModel).join(', ')],
    [l10n.t('Tokens'), formatNumber(session.totalTokens)],
    session.totalTokens === 0
      ? undefined
      : [
          l10n.t('Cost'),
          l10n.t(
            '{0} · list prices of {1}, or your own; without one, as the agent recorded it',
            formatCosts(session),
            PRICE_TABLE.asOf,
          ),
        ],
    subagents && [
      countSubagents(subagents.count),
      `${formatNumber(subagents.totalTokens)}${costBeside(subagents)}`,
    ],
    [
      l10n.t('Last change'),
      `${formatDate(session.updatedAt)} (${formatAge(session.updatedAt, now)})`,
    ],
    [l10n.t('Started'), formatDate(session.createdAt)],
    session.project.path === '' ? undefined : [l10n.t('Project'), session.project.path],
    session.origin?.gitBranch === undefined
      ? undefined
      : [l10n.t('Branch'), session.origin.gitBranch],
    session.tags.length === 0 ? undefined : [l10n.t('Tags'), session.tags.join(', ')],
    session.pinnedAt === undefined ? undefined : [l10n.t('Pinned'), formatDate(session.pinnedAt)],
    [
      l10n.t('Kept'),
      session.storageTier === 'cold'
        ? l10n.t('archived, {0}', formatBytes(session.estimatedSizeBytes))
        : formatBytes(session.estimatedSizeBytes),
    ],
    session.retentionPolicy === 'standard'
      ? undefined
      : [l10n.t('Retention'), retentionName(session.retentionPolicy)],
  ];
  return rows.filter((row) => row !== undefined);
}

/** What was said of a fork when it was made; metadata is whoever's who set it. */
function saidOf(
  { metadata }: Session,
  key: 'reason' | 'strategy',
  name: string,
): readonly [string, string] | undefined {
  const said = metadata[key];
  return typeof said === 'string' && said !== '' ? [name, said.slice(0, NOTE_LENGTH)] : undefined;
}
