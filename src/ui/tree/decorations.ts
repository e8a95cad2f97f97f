/**
 * Colours and badges of sessions. What a session is decorated for stands in its address, so that
 * the provider needs neither the store nor a cache.
 */
import { FileDecoration, l10n, ThemeColor, Uri, window } from 'vscode';
import type { Session } from '../../core/session.ts';
import { DOCUMENT_SCHEME } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { formatNumber } from '../format.ts';

const PREFIX = '/tree/';
/** VS Code shows no more of a badge. */
const BADGE_LENGTH = 2;

export function decoratedUri(
  session: Pick<Session, 'id' | 'kind' | 'problemCount' | 'origin' | 'note'>,
  isLive: boolean,
  isAbandoned = session.kind === 'abandoned',
): Uri {
  const query = new URLSearchParams();
  if (isLive) query.set('live', '1');
  if (session.problemCount > 0) query.set('problems', String(session.problemCount));
  if (session.origin?.gone !== undefined) query.set('rescued', '1');
  if (session.note !== undefined) query.set('note', '1');
  if (isAbandoned) query.set('abandoned', '1');
  return Uri.from({
    scheme: DOCUMENT_SCHEME,
    path: `${PREFIX}${session.id}`,
    query: query.toString(),
  });
}

interface Mark {
  readonly badge: string;
  readonly tooltip: string;
  readonly color?: string;
}

export function decorationOf(
  uri: Pick<Uri, 'scheme' | 'path' | 'query'>,
): FileDecoration | undefined {
  if (uri.scheme !== DOCUMENT_SCHEME || !uri.path.startsWith(PREFIX)) return undefined;
  const query = new URLSearchParams(uri.query);
  const marks = [...query.keys()].flatMap((name) => markOf(name, query.get(name) ?? '') ?? []);
  if (marks.length === 0) return undefined;
  const badge = marks.map((mark) => mark.badge).join('');
  const color = marks.find((mark) => mark.color !== undefined)?.color;
  return new FileDecoration(
    badge === '' ? undefined : badge.slice(0, BADGE_LENGTH),
    marks.map(({ tooltip }) => tooltip).join(' · '),
    color === undefined ? undefined : new ThemeColor(color),
  );
}

/** What is to be seen first comes first in an address. */
function markOf(name: string, value: string): Mark | undefined {
  switch (name) {
    case 'live':
      return { badge: '●', tooltip: l10n.t('running here now'), color: 'charts.green' };
    case 'problems':
      return {
        badge: '!',
        tooltip: l10n.t('{0} lines of the file could not be read.', formatNumber(Number(value))),
        color: 'list.warningForeground',
      };
    case 'rescued':
      return { badge: 'R', tooltip: l10n.t('rescued: the agent’s file is gone') };
    case 'note':
      return { badge: '✎', tooltip: l10n.t('has a note') };
    case 'abandoned':
      return { badge: '', tooltip: l10n.t('abandoned'), color: 'descriptionForeground' };
    default:
      return undefined;
  }
}

export function registerDecorations(): Disposable {
  return window.registerFileDecorationProvider({ provideFileDecoration: decorationOf });
}
