/** Entry point of the graph panel. */
import { GraphPanel } from './panel.ts';

document.body.append(new GraphPanel());
