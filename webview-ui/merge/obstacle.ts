/** Why a merge cannot be made as things stand, in words for the person. Pure. */
import { formatCount } from '../shared/format.ts';
import { t } from '../shared/strings.ts';
import { candidatesOf } from './candidates.ts';
import { undecided } from './choices.ts';
import type { Draft } from './draft.ts';

/**
 * @param isWriting a model is at work on the summary
 * @returns `undefined` when nothing is in the way
 */
export function obstacleOf(draft: Draft, isWriting: boolean): string | undefined {
  const { state, choices, after } = draft;
  if (state === undefined) return t('Loading…');
  const { plan, canWrite } = state;
  if (!canWrite) return t('The store can only be read now.');
  if (isWriting) return t('The model is writing…');
  const isSummary = choices.mode === 'summary';
  if (after.messages.length === 0) {
    if (candidatesOf(plan).length === 0) return t('The branch has no messages of its own yet.');
    const isThere = plan.messages.length === 0 || isSummary;
    return isThere ? t('Everything is there already.') : t('No message is chosen.');
  }
  if (isSummary && draft.text.trim() === '') return t('The summary is empty.');
  const open = undecided(choices, plan);
  if (open === 0) return undefined;
  return open === 1 ? t('1 decision is open.') : t('{0} decisions are open.', formatCount(open));
}
