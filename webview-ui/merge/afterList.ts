/** The target as it would be, message by message: nothing of what is added to it is in the store. */
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { MessagePage } from '../../src/core/sessionStore.ts';
import type { MergeState } from '../../src/protocol/mergePanel.ts';
import { formatCount } from '../shared/format.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';
import type { ListElement } from '../transcript/list.ts';
import '../transcript/list.ts';
import { Pages } from '../transcript/pages.ts';
import { countAfterwards, readAfterwards } from './afterwards.ts';
import type { Draft } from './draft.ts';

/** Rows of the target that stay in sight above the first merged one, in pixels. */
const ABOVE = 120;

type ReadPage = (range: { start: number; end: number }) => Promise<MessagePage>;

export class AfterList {
  readonly #draft: Draft;
  readonly #list = createRef<ListElement>();
  readonly #folds = new Set<string>();
  readonly #pages: Pages;

  constructor(
    draft: Draft,
    readBase: ReadPage,
    readSource: ReadPage,
    failed: (error: unknown) => void,
  ) {
    this.#draft = draft;
    this.#pages = new Pages(
      (range) => readAfterwards(draft.after, range, readBase, readSource),
      () => this.#list.value?.setTotal(countAfterwards(draft.after)),
      failed,
    );
  }

  /** Shows the place where what is there ends and what would be merged begins. */
  goToMerged(): void {
    this.#list.value?.goTo(this.#draft.after.baseCount, { offset: ABOVE });
  }

  /** What would stand is another now: what is in sight is read again. */
  refresh(): void {
    const list = this.#list.value;
    if (list === undefined) return;
    this.#pages.refresh(list.shown.start, list.shown.end + 1);
    list.setTotal(countAfterwards(this.#draft.after));
  }

  render({ base, target, plan }: MergeState, expanded: boolean): TemplateResult {
    return html`<h2 id="mp-after">${this.#renderTitle(target.title)}</h2>
      <div class="mp-main">
        <mp-list
          ${ref(this.#list)}
          .bare=${true}
          .pages=${this.#pages}
          .label=${base.title}
          .folds=${this.#folds}
          .sessionId=${base.id}
          .inherited=${plan.sharedCount}
          .parentTitle=${t('the branch')}
          .expanded=${expanded}
        ></mp-list>
      </div>`;
  }

  #renderTitle(title: string): TemplateResult {
    const { after } = this.#draft;
    const count = countAfterwards(after);
    const added = count - after.baseCount;
    const words = count === 1 ? t('1 message') : t('{0} messages', formatCount(count));
    return html`${t('“{0}” afterwards', visible(title))}
      <span class="mp-dim" role="status"
        >${words}${added === 0 ? nothing : ` · ${t('{0} of them new', formatCount(added))}`}</span
      >`;
  }
}
