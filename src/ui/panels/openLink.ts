/**
 * Links in a transcript were written by a model or by whatever it read. None is followed before
 * the person has seen where it goes, and only schemes that show something are followed at all.
 */
import { env, l10n, Uri, window } from 'vscode';
import { oneLine } from '../text.ts';

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** The address as the browser will read it, or `undefined` for one that is not followed. */
export function followable(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed && SCHEMES.has(parsed.protocol) ? parsed.href : undefined;
}

export async function openLink(url: string): Promise<void> {
  const target = followable(url);
  if (target === undefined) {
    void window.showInformationMessage(l10n.t('Multipath opens only web and mail addresses.'));
    return;
  }
  const open = l10n.t('Open');
  const copy = l10n.t('Copy');
  const answer = await window.showInformationMessage(
    l10n.t('Open this address from the transcript?'),
    { modal: true, detail: oneLine(target, 1000) },
    open,
    copy,
  );
  if (answer === open) await env.openExternal(Uri.parse(target, true));
  else if (answer === copy) await env.clipboard.writeText(target);
}
