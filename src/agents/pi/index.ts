/** pi: where its sessions are, how they are read and how they are shown. */
import type { Agent } from '../agent.ts';
import { defaultRoots, discover, watch } from './discover.ts';
import { PiReader } from './reader.ts';
import { renderer } from './render.ts';
import { writer } from './write.ts';

export const pi: Agent = {
  id: 'pi',
  label: 'pi',
  defaultRoots,
  discover,
  watch,
  createReader: (path) => new PiReader(path),
  renderer,
  writer,
};
