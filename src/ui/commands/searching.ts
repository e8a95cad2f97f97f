/** Searching all sessions from the palette, the view's title and its key. */
import type { Disposable } from '../disposable.ts';
import { Commands } from '../contributions.ts';
import { SearchPicker, type OpenHit } from './searchPicker.ts';
import { registerCommand, showError } from '../vscodeApi.ts';
import type { CommandServices } from './targets.ts';

export function registerSearching(services: CommandServices): Disposable[] {
  const { log, panels } = services;
  const recent: string[] = [];
  let picker: SearchPicker | undefined;
  const open = ({ sessionId, reveal, beside }: OpenHit): void => {
    panels
      .openTranscript(sessionId, { beside, ...(reveal !== undefined && { reveal }) })
      .catch((error: unknown) => showError(log, error));
  };
  return [
    registerCommand(log, Commands.searchSessions, () => {
      picker?.dispose();
      picker = new SearchPicker(services, recent, open);
      picker.show();
    }),
    { dispose: () => picker?.dispose() },
  ];
}
