/** Gemini CLI: where its sessions are, how they are cut, read and shown. */
import type { Agent } from '../agent.ts';
import { defaultRoots, deletesAfterDays, discover, watch } from './discover.ts';
import { GeminiReader } from './reader.ts';
import { renderer } from './render.ts';
import { createSplitter } from './rule.ts';

export const gemini: Agent = {
  id: 'gemini',
  label: 'Gemini CLI',
  defaultRoots,
  discover,
  watch,
  deletesAfterDays,
  createReader: (path) => new GeminiReader(path),
  createSplitter,
  renderer,
};
