/** Tabs over the lists, as the extension editor has them: arrows move, one is in the tab order. */
import { html, nothing, type TemplateResult } from 'lit';
import type { StorageList } from '../../src/protocol/panels.ts';
import { formatCount } from '../shared/format.ts';

export type Tab = readonly [list: StorageList, label: string, count: number | undefined];

export function renderTabs(
  tabs: readonly Tab[],
  selected: StorageList,
  select: (list: StorageList) => void,
): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(([list]) => list === selected);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next =
      event.key === 'Home'
        ? 0
        : event.key === 'End'
          ? tabs.length - 1
          : by === undefined
            ? undefined
            : (at + by + tabs.length) % tabs.length;
    const list = next === undefined ? undefined : tabs[next]?.[0];
    if (list === undefined) return;
    event.preventDefault();
    select(list);
    const { currentTarget } = event;
    if (!(currentTarget instanceof Element)) return;
    currentTarget.querySelector<HTMLElement>(`#mp-tab-${list}`)?.focus();
  };
  return html`<div class="mp-tabs" role="tablist" @keydown=${onKey}>
    ${tabs.map(
      ([list, label, count]) =>
        html`<button
          type="button"
          role="tab"
          id="mp-tab-${list}"
          aria-selected=${list === selected}
          aria-controls=${list === selected ? `mp-panel-${list}` : nothing}
          tabindex=${list === selected ? 0 : -1}
          @click=${() => select(list)}
        >
          ${label}
          ${count === undefined || count === 0 ? nothing : html`<span class="mp-badge">${formatCount(count)}</span>`}
        </button>`,
    )}
  </div>`;
}
