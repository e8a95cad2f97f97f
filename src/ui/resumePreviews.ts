/** What Resume in Agent would write, as read-only documents that live as long as the window. */
import { l10n, Uri, window } from 'vscode';
import type { ResumePlan } from '../core/resuming.ts';
import { DOCUMENT_SCHEME } from './contributions.ts';
import { formatBytes, formatNumber } from './format.ts';

const KEPT = 5;

export class ResumePreviews {
  readonly #texts = new Map<number, string>();
  #count = 0;

  async show(plan: ResumePlan, command: string): Promise<void> {
    const number = ++this.#count;
    this.#texts.set(number, previewOf(plan, command));
    for (const old of this.#texts.keys()) if (old <= number - KEPT) this.#texts.delete(old);
    const name = l10n.t('Session for {0}', plan.label);
    const uri = Uri.from({ scheme: DOCUMENT_SCHEME, path: `/preview/${number}/${name}.txt` });
    await window.showTextDocument(uri, { preview: true });
  }

  find(number: number): string | undefined {
    return this.#texts.get(number);
  }
}

function previewOf(plan: ResumePlan, command: string): string {
  const { path, bytes, lineCount, notes, movedBecause } = plan;
  return [
    l10n.t('This file would be written. Nothing was written yet.'),
    '',
    path,
    l10n.t('{0}, {1} lines', formatBytes(bytes), formatNumber(lineCount)),
    '',
    l10n.t('Then this command would run in the terminal:'),
    command,
    '',
    ...(movedBecause === undefined ? [] : [movedBecause, '']),
    ...notes.flatMap((note) => [note, '']),
    ...plan.lines,
    '',
  ].join('\n');
}
