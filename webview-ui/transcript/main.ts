/** Entry point of the transcript panel, which fills the page the host made for it. */
import { define } from '../shared/element.ts';
import { TranscriptElement } from './panel.ts';

define('mp-transcript', TranscriptElement);
if (document.querySelector('mp-transcript') === null) {
  document.body.append(document.createElement('mp-transcript'));
}
