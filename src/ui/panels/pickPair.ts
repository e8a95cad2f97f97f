/** Asks which two of several branches an action is about. */
import { l10n } from 'vscode';
import { pickFrom } from '../ask.ts';
import { plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';

export interface PairChoice {
  readonly left: number;
  readonly right: number;
}

/**
 * @param branches those that can be chosen, by their place in the comparison
 * @returns the only pair where there is one; `undefined` where there is none, or none was picked
 */
export async function pickPair(
  branches: readonly { readonly at: number; readonly title: string }[],
  title: string,
): Promise<PairChoice | undefined> {
  const pairs = branches.flatMap((left, position) =>
    branches.slice(position + 1).map((right) => ({
      label: `${plain(titleOf(left), 50)} ↔ ${plain(titleOf(right), 50)}`,
      left: left.at,
      right: right.at,
    })),
  );
  return pairs.length > 1
    ? pickFrom(pairs, { title, placeHolder: l10n.t('Which two?') })
    : pairs[0];
}
