/** How much each part of the score counts, from the setting `multipath.score.weights`. */
import { workspace } from 'vscode';
import { DEFAULT_WEIGHTS, type ScoreWeights } from '../core/score.ts';
import { Settings } from './contributions.ts';

/** What is no number there, or below 0, counts as not set. */
export function readScoreWeights(
  given: unknown = workspace.getConfiguration().get(Settings.scoreWeights),
): ScoreWeights {
  const set = typeof given === 'object' && given !== null ? given : {};
  const usable = Object.entries(set).filter(
    ([part, weight]) =>
      Object.hasOwn(DEFAULT_WEIGHTS, part) &&
      typeof weight === 'number' &&
      Number.isFinite(weight) &&
      weight >= 0,
  );
  return { ...DEFAULT_WEIGHTS, ...Object.fromEntries(usable) };
}
