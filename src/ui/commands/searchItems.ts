/**
 * What the search shows: titles first, then messages with the hits marked, then the way to more. All
 * texts come from transcripts and are made plain. Every item is always shown: what matches is the
 * store's to say, not the picker's.
 */
import {
  l10n,
  QuickPickItemKind,
  ThemeIcon,
  type QuickInputButton,
  type QuickPickItem,
} from 'vscode';
import type { MarkedText, MessageHit, SearchResult, TitleHit } from '../../core/search.ts';
import type { Session } from '../../core/session.ts';
import { countSessions, formatAge, formatNumber, roleName } from '../format.ts';
import { oneLine, plain } from '../text.ts';
import { describe, titleOf } from '../tree/treeItems.ts';

/** What choosing an item does. */
export type SearchAction =
  | { readonly type: 'open'; readonly sessionId: string; readonly reveal?: number }
  | { readonly type: 'more' }
  /** Puts a text into the input. */
  | { readonly type: 'fill'; readonly text: string };

export interface SearchItem extends QuickPickItem {
  /** Absent for separators and for what only tells something. */
  readonly action?: SearchAction;
}

/** What one picker can hold and a person can look through. */
export const MOST_SHOWN = 200;
const SNIPPET_LIMIT = 400;
/** Pickers mark what was typed only where it stands as one piece; other hits stand between these. */
const OPENING = '«';
const CLOSING = '»';

function toSide(): QuickInputButton {
  return { iconPath: new ThemeIcon('split-horizontal'), tooltip: l10n.t('Open to the Side') };
}

/** `now` in milliseconds since the epoch. */
export function resultItems(result: SearchResult, now: number, typed = ''): SearchItem[] {
  const { titles, hits, more, pending, notice } = result;
  const items: SearchItem[] = [];
  if (titles.length > 0) {
    items.push(separator(l10n.t('Titles')), ...titles.map((hit) => titleItem(hit, now)));
  }
  if (hits.length > 0) {
    const count = formatNumber(result.total);
    const total = more ? l10n.t('{0} or more', count) : count;
    items.push(separator(l10n.t('Messages ({0})', total)));
    items.push(...hits.map((hit) => messageItem(hit, now, typed)));
  }
  // Without words, the sessions that the filters choose are counted.
  const shown = hits.length > 0 ? hits.length : titles.length;
  const left = result.total - shown;
  if (items.length === 0) items.push(told(l10n.t('Nothing found')));
  else if (left > 0) {
    items.push(
      shown < MOST_SHOWN ? moreItem(left) : told(l10n.t('Narrow the search to see others.')),
    );
  }
  if (notice !== undefined) items.push(told(plain(notice, 300), 'warning'));
  if (pending > 0) items.push(told(stillIndexing(pending), 'loading~spin'));
  return items;
}

/** What is shown before anything is typed: earlier searches of this window, and the language. */
export function hintItems(recent: readonly string[]): SearchItem[] {
  const hint = (text: string, description: string): SearchItem => ({
    label: text,
    description,
    alwaysShow: true,
    action: { type: 'fill', text },
  });
  return [
    ...(recent.length === 0 ? [] : [separator(l10n.t('Searched Before'))]),
    ...recent.map((text): SearchItem => ({
      label: plain(text),
      alwaysShow: true,
      iconPath: new ThemeIcon('history'),
      action: { type: 'fill', text },
    })),
    separator(l10n.t('What Can Be Typed')),
    hint(l10n.t('"exact words"'), l10n.t('words that stand together')),
    hint(l10n.t('begin*'), l10n.t('words that begin so')),
    hint(l10n.t('one OR other'), l10n.t('either of two words')),
    hint(l10n.t('-without'), l10n.t('messages that lack a word')),
    hint('tag:', l10n.t('sessions with a tag')),
    hint('note:', l10n.t('sessions with a word in their note')),
    hint('project:', l10n.t('sessions of a project')),
    hint('agent:', l10n.t('sessions of an agent')),
    hint('after:7d', l10n.t('since so long ago, or since a date such as 2026-05-01')),
    hint('before:2026-05-01', l10n.t('before a date')),
  ];
}

/**
 * What is asked while the person types: the last word may not be finished, so it counts as a
 * beginning unless something after it says that it is.
 */
export function liveQuery(value: string): string {
  const quotes = value.split('"').length - 1;
  const ends = /(?:^|[\s-])[\p{L}\p{N}_]{2,}$/u.test(value) && !/(?:^|\s)OR$/.test(value);
  return ends && quotes % 2 === 0 ? `${value}*` : value;
}

/**
 * One plain line with the hits between marks. Where the picker itself marks the only word that was
 * typed, it stands as it is.
 */
export function markHits({ text, ranges }: MarkedText, typed = ''): string {
  const word = /^[\p{L}\p{N}_]{2,}$/u.test(typed.trim()) ? typed.trim().toLowerCase() : undefined;
  if (word !== undefined && text.toLowerCase().includes(word)) return plain(text, SNIPPET_LIMIT);
  let marked = '';
  let done = 0;
  for (const { start, end } of ranges) {
    marked += `${text.slice(done, start)}${OPENING}${text.slice(start, end)}${CLOSING}`;
    done = end;
  }
  return plain(marked + text.slice(done), SNIPPET_LIMIT);
}

function titleItem({ session }: TitleHit, now: number): SearchItem {
  return {
    label: plain(titleOf(session)),
    description: plain(
      [projectOf(session), describe(session, now)].filter(Boolean).join(' · '),
      160,
    ),
    iconPath: new ThemeIcon(
      session.storageTier === 'cold'
        ? 'archive'
        : isOfSubagent(session)
          ? 'hubot'
          : session.parentId === undefined
            ? 'comment-discussion'
            : 'git-branch',
    ),
    alwaysShow: true,
    buttons: [toSide()],
    action: { type: 'open', sessionId: session.id },
  };
}

function isOfSubagent({ subagentOf, subagentOfNative }: Session): boolean {
  return subagentOf !== undefined || subagentOfNative !== undefined;
}

function messageItem(hit: MessageHit, now: number, typed: string): SearchItem {
  const { session, messageIndex, role, snippet, timestamp } = hit;
  const isSubagent = isOfSubagent(session);
  const description = [
    // First: what stands last is cut off where there is little room.
    isSubagent ? l10n.t('subagent') : undefined,
    `#${formatNumber(messageIndex + 1)}`,
    projectOf(session),
    session.origin?.agent,
    formatAge(timestamp ?? session.updatedAt, now),
    session.storageTier === 'cold' ? l10n.t('archived') : undefined,
  ];
  return {
    label: plain(titleOf(session)),
    description: plain(description.filter(Boolean).join(' · '), 160),
    detail: l10n.t('{0}: {1}', roleName(role), markHits(snippet, typed)),
    iconPath: new ThemeIcon(
      session.storageTier === 'cold' ? 'archive' : isSubagent ? 'hubot' : 'comment',
    ),
    alwaysShow: true,
    buttons: [toSide()],
    action: { type: 'open', sessionId: session.id, reveal: messageIndex },
  };
}

function moreItem(left: number): SearchItem {
  return {
    label: l10n.t('{0} more…', formatNumber(left)),
    iconPath: new ThemeIcon('ellipsis'),
    alwaysShow: true,
    action: { type: 'more' },
  };
}

function told(label: string, icon = 'info'): SearchItem {
  return { label, iconPath: new ThemeIcon(icon), alwaysShow: true };
}

function stillIndexing(pending: number): string {
  return l10n.t('Still indexing: {0}. More may be found.', countSessions(pending));
}

function projectOf(session: Session): string {
  return oneLine(session.project.name, 40);
}

function separator(label: string): SearchItem {
  return { label, kind: QuickPickItemKind.Separator };
}
