/** Entry point of the transcript panel: the host's page holds one <mp-transcript>. */
import { define } from '../shared/element.ts';
import { TranscriptElement } from './panel.ts';

define('mp-transcript', TranscriptElement);
