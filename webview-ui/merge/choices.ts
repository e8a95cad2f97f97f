/**
 * What the person decided about a merge, and what follows from it: which messages would be merged,
 * which conflicts are open, and whether it can be made. Pure.
 *
 * Invariant: what is shown to stand afterwards and what is sent are the same list (`effective`).
 */
import type { FileConflict, MergeMode, MergePlan, SummaryAuthor } from '../../src/core/merge.ts';

/** `take`: merged all the same; `leave`: the messages that edited the file are left out. */
export type Decision = 'take' | 'leave';

export interface Choices {
  readonly mode: MergeMode;
  /** Indexes in the source; counts in the mode `cherry-pick` only. */
  readonly picked: readonly number[];
  /** Decisions by path; that about the target having gone on under an empty one. */
  readonly decisions: Readonly<Record<string, Decision>>;
  /** The summary as the person has it; absent while the one without a model is. */
  readonly summary?: string;
  /** Who wrote that. */
  readonly summaryBy?: SummaryAuthor;
  /** Indexes of what it was written of: messages that came since are not summed up by it. */
  readonly summaryOf?: readonly number[];
}

export const NO_CHOICES: Choices = { mode: 'append', picked: [], decisions: {} };
/** Key of the decision about messages that the target has of its own. */
export const WENT_ON = '';

/** Messages that would be merged, were no file in the way. */
function wished({ mode, picked }: Choices, { messages }: MergePlan): readonly number[] {
  if (mode !== 'cherry-pick') return messages;
  const possible = new Set(messages);
  return picked.filter((index) => possible.has(index));
}

/** Conflicts about files that the wished messages touch; a summary touches none. */
export function fileConflicts(choices: Choices, plan: MergePlan): readonly FileConflict[] {
  if (choices.mode === 'summary') return [];
  const wanted = new Set(wished(choices, plan));
  return plan.conflicts.edits.filter(({ source }) =>
    source.messages.some((index) => wanted.has(index)),
  );
}

/** Messages left out because of what was decided about a file, with the file. */
export function leftOut(choices: Choices, plan: MergePlan): ReadonlyMap<number, string> {
  const out = new Map<number, string>();
  for (const { path, source } of fileConflicts(choices, plan)) {
    if (choices.decisions[path] !== 'leave') continue;
    for (const index of source.messages) out.set(index, path);
  }
  return out;
}

/** Indexes of what would be merged, ascending; of a summary what it stands for is asked elsewhere. */
export function effective(choices: Choices, plan: MergePlan): readonly number[] {
  const out = leftOut(choices, plan);
  return wished(choices, plan).filter((index) => !out.has(index));
}

/** How many decisions are still to be made. */
export function undecided(choices: Choices, plan: MergePlan): number {
  const files = fileConflicts(choices, plan).filter(
    // A file may have any name, also one that every object has.
    ({ path }) => !Object.hasOwn(choices.decisions, path),
  );
  const wentOn = plan.conflicts.targetMessages > 0 && choices.decisions[WENT_ON] === undefined;
  return files.length + (wentOn ? 1 : 0);
}

/** Ticks a message or takes the tick away: from then on single messages are chosen. */
export function toggled(choices: Choices, plan: MergePlan, index: number): Choices {
  const picked = new Set(wished(choices, plan));
  if (!picked.delete(index)) picked.add(index);
  return { ...choices, mode: 'cherry-pick', picked: [...picked].sort((a, b) => a - b) };
}

/** Ticks all messages, or none where all are ticked. */
export function toggledAll(choices: Choices, plan: MergePlan): Choices {
  const all = wished(choices, plan).length === plan.messages.length;
  return { ...choices, mode: 'cherry-pick', picked: all ? [] : plan.messages };
}

/** Another way to merge: whoever begins to choose has everything ticked. */
export function switched(choices: Choices, { messages }: MergePlan, mode: MergeMode): Choices {
  const begins =
    mode === 'cherry-pick' && choices.mode !== 'cherry-pick' && choices.picked.length === 0;
  return { ...choices, mode, ...(begins && { picked: messages }) };
}

/** A decision is made, or taken back where it is `undefined`. */
export function decided(choices: Choices, key: string, decision: Decision | undefined): Choices {
  const others = Object.entries(choices.decisions).filter(([one]) => one !== key);
  const made = decision === undefined ? [] : [[key, decision] as const];
  return { ...choices, decisions: Object.fromEntries([...others, ...made]) };
}

/** What a merge is asked for with. */
export function orderOf(
  choices: Choices,
  plan: MergePlan,
): { readonly mode: MergeMode; readonly messages: readonly number[]; readonly files: string[] } {
  const messages = effective(choices, plan);
  const files = fileConflicts(choices, plan)
    .filter(({ path }) => choices.decisions[path] === 'take')
    .map(({ path }) => path);
  const isAll = messages.length === plan.messages.length;
  const mode = choices.mode === 'summary' ? 'summary' : isAll ? 'append' : 'cherry-pick';
  return { mode, messages, files };
}
