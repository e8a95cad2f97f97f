/** The branch's own messages, one line each: which are merged, which are there already. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ContentBlock, Message } from '../../src/core/message.ts';
import { textOf } from '../../src/core/message.ts';
import type { MergePlan } from '../../src/core/merge.ts';
import { formatCount } from '../shared/format.ts';
import { roleName } from '../shared/message.ts';
import { t } from '../shared/strings.ts';
import type { Column, DrawCells } from '../shared/table.ts';
import { visible } from '../shared/visible.ts';

/** Characters of a message in its line. */
const EXCERPT = 200;

/** All that could be merged, and why some of it is not: indexes in the source, ascending. */
export function candidatesOf(plan: MergePlan): readonly number[] {
  const all = [...plan.messages, ...plan.alreadyMerged, ...plan.unanswered];
  return all.sort((a, b) => a - b);
}

export interface Candidates {
  readonly indexes: readonly number[];
  /** Those that are merged as things stand. */
  readonly chosen: ReadonlySet<number>;
  readonly merged: ReadonlySet<number>;
  readonly unanswered: ReadonlySet<number>;
  /** Left out because of a file, by index. */
  readonly leftOut: ReadonlyMap<number, string>;
  readonly message: (index: number) => Message | undefined;
  readonly toggle: (index: number) => void;
  readonly toggleAll: () => void;
}

export function candidateColumns(candidates: Candidates): Column[] {
  const { indexes, chosen, merged, unanswered, toggleAll } = candidates;
  const possible = indexes.length - merged.size - unanswered.size;
  return [
    {
      title: '',
      name: 'choose',
      head: html`<input
        type="checkbox"
        aria-label=${t('Choose all')}
        ?disabled=${possible === 0}
        .checked=${chosen.size > 0 && chosen.size === possible}
        .indeterminate=${chosen.size > 0 && chosen.size < possible}
        @change=${toggleAll}
      />`,
    },
    { title: t('No.'), name: 'nth' },
    { title: t('By'), name: 'by' },
    { title: t('Message'), name: 'words' },
    ...(hasStates(candidates) ? [{ title: t('State'), name: 'state' }] : []),
  ];
}

export function candidateCells(candidates: Candidates): DrawCells {
  const { indexes, chosen, merged, unanswered, leftOut, message, toggle } = candidates;
  const states = hasStates(candidates);
  return (row, tab) => {
    const index = indexes[row] ?? 0;
    const here = message(index);
    const isFixed = merged.has(index) || unanswered.has(index) || leftOut.has(index);
    const words = here ? excerptOf(here.content) : '';
    return html`<td class="mp-choose">
        <input
          type="checkbox"
          tabindex=${tab}
          aria-label=${t('Merge message {0}', formatCount(index + 1))}
          aria-disabled=${isFixed ? 'true' : nothing}
          .checked=${chosen.has(index)}
          @click=${(event: Event) => {
            // A disabled box could not be reached with the arrow keys.
            if (isFixed) event.preventDefault();
          }}
          @change=${() => toggle(index)}
        />
      </td>
      <td class="mp-nth mp-dim">${formatCount(index + 1)}</td>
      <td class="mp-by">${here ? roleName(here.role) : '…'}</td>
      <td class="mp-words" title=${words}>${words}</td>
      ${
        states
          ? html`<td class="mp-state mp-dim">${stateOf(index, merged, unanswered, leftOut)}</td>`
          : nothing
      }`;
  };
}

/** Most often there is nothing to say of any, and its column would only take room. */
function hasStates({ merged, unanswered, leftOut }: Candidates): boolean {
  return merged.size + unanswered.size + leftOut.size > 0;
}

function stateOf(
  index: number,
  merged: ReadonlySet<number>,
  unanswered: ReadonlySet<number>,
  leftOut: ReadonlyMap<number, string>,
): TemplateResult | string {
  if (merged.has(index)) return t('is there already');
  if (unanswered.has(index)) return t('waits for a tool’s result');
  const file = leftOut.get(index);
  return file === undefined ? '' : t('left out: {0}', visible(file));
}

/** The first words, or what its tools did. */
function excerptOf(content: readonly ContentBlock[]): string {
  const words = textOf({ content }).replaceAll(/\s+/g, ' ').trim();
  if (words !== '') return visible(words.slice(0, EXCERPT));
  const calls = content.flatMap((block) => {
    if (block.type === 'tool') return [`${block.name} ${block.summary}`];
    return block.type === 'notice' ? [block.text] : [];
  });
  return visible(calls.join(' · ').replaceAll(/\s+/g, ' ').slice(0, EXCERPT));
}
