/** Tells chunks whether they are near the view. */
import { ChunkElement } from './chunk.ts';

/** How far from the view chunks are drawn already. */
const MARGIN = '1000px 0px';

export class Nearness {
  #observer: IntersectionObserver | undefined;
  readonly #observed = new Set<ChunkElement>();

  /** Watches the chunks below the scroller, and no others any more. */
  watch(scroller: Element): void {
    this.#observer ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (target instanceof ChunkElement) target.near = isIntersecting;
        }
      },
      { root: scroller, rootMargin: MARGIN },
    );
    const chunks = new Set(scroller.querySelectorAll<ChunkElement>('mp-compare-chunk'));
    for (const chunk of this.#observed) {
      if (chunks.has(chunk)) continue;
      this.#observer.unobserve(chunk);
      this.#observed.delete(chunk);
    }
    for (const chunk of chunks) {
      if (this.#observed.has(chunk)) continue;
      this.#observed.add(chunk);
      void this.#observe(chunk);
    }
  }

  stop(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#observed.clear();
  }

  /** Only once the chunk has its height: a list of flat chunks would be in view as a whole. */
  async #observe(chunk: ChunkElement): Promise<void> {
    await chunk.updateComplete;
    if (this.#observed.has(chunk)) this.#observer?.observe(chunk);
  }
}
