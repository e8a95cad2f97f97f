/** Entry point of the merge panel. */
import { MergePanel } from './panel.ts';

document.body.append(new MergePanel());
