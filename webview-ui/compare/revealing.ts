/** Brings a row into view, again once its text has arrived and changed its height. */
import { ChunkElement } from './chunk.ts';
import type { LightElement } from '../shared/element.ts';

export class Revealing {
  readonly #panel: LightElement;
  readonly #hasText: (row: number) => boolean;
  #row: number | undefined;

  constructor(panel: LightElement, hasText: (row: number) => boolean) {
    this.#panel = panel;
    this.#hasText = hasText;
  }

  async show(row: number, focus: boolean): Promise<void> {
    this.#row = row;
    await this.#drawn(row);
    const element = this.#element(row);
    if (focus) element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: 'nearest' });
    await this.settle();
  }

  /** Gives a row the focus while nothing else in the page has it. */
  back(row: number | undefined): void {
    if (row === undefined || document.activeElement !== document.body) return;
    this.#element(row)?.focus({ preventScroll: true });
  }

  /** Call when texts have arrived. */
  async settle(): Promise<void> {
    const row = this.#row;
    if (row === undefined || !this.#hasText(row)) return;
    this.#row = undefined;
    await this.#drawn(row);
    this.#element(row)?.scrollIntoView({ block: 'nearest' });
  }

  #element(row: number): HTMLElement | null {
    return this.#panel.querySelector<HTMLElement>(`[data-row="${String(row)}"]`);
  }

  /** Resolves when the row's chunk has been drawn. */
  async #drawn(row: number): Promise<void> {
    await this.#panel.updateComplete;
    const chunk = [...this.#panel.querySelectorAll('mp-compare-chunk')].find(
      (element) =>
        element instanceof ChunkElement &&
        element.items.some((item) => item.kind === 'row' && item.row === row),
    );
    if (chunk instanceof ChunkElement) await chunk.updateComplete;
  }
}
