/** Transcripts in a browser. */
import { panelSuite } from './panelSuite.ts';
import type { PanelPage } from './page.ts';
import { PlayedTranscriptHost, type Scene } from './transcriptHost.ts';

export interface Opened extends PanelPage {
  readonly host: PlayedTranscriptHost;
}

/** Call at the top of a test file; what it returns opens a transcript panel on a scene. */
export function transcriptSuite(): ReturnType<typeof panelSuite<Scene, PlayedTranscriptHost>> {
  return panelSuite((given: Scene) => new PlayedTranscriptHost(given));
}
