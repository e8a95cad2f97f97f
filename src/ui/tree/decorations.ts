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

export function decoratedUri(session: Pick<Session, 'id' | 'kind' | 'problemCount'>): Uri {
  const query = new URLSearchParams();
  if (session.kind === 'abandoned') query.set('abandoned', '1');
  if (session.problemCount > 0) query.set('problems', String(session.problemCount));
  return Uri.from({
    scheme: DOCUMENT_SCHEME,
    path: `${PREFIX}${session.id}`,
    query: query.toString(),
  });
}

export function decorationOf(
  uri: Pick<Uri, 'scheme' | 'path' | 'query'>,
): FileDecoration | undefined {
  if (uri.scheme !== DOCUMENT_SCHEME || !uri.path.startsWith(PREFIX)) return undefined;
  const query = new URLSearchParams(uri.query);
  const problems = Number(query.get('problems'));
  if (problems > 0) {
    return new FileDecoration(
      '!',
      l10n.t('{0} lines of the file could not be read.', formatNumber(problems)),
      new ThemeColor('list.warningForeground'),
    );
  }
  if (!query.has('abandoned')) return undefined;
  return new FileDecoration(
    undefined,
    l10n.t('abandoned'),
    new ThemeColor('descriptionForeground'),
  );
}

export function registerDecorations(): Disposable {
  return window.registerFileDecorationProvider({ provideFileDecoration: decorationOf });
}
