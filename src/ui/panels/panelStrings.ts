/** The panels' sentences in the person's language. */
import { l10n } from 'vscode';
import type { Strings } from '../../protocol/panels.ts';
import { PANEL_STRINGS } from '../../protocol/strings.ts';

export function panelStrings(): Strings {
  return Object.fromEntries(PANEL_STRINGS.map((sentence) => [sentence, l10n.t(sentence)]));
}
