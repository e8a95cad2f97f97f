/** Entry point of the comparison panel. */
import { ComparePanel } from './panel.ts';

document.body.append(new ComparePanel());
