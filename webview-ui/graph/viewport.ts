/**
 * What part of the drawing is seen, and how large: d3-zoom over the svg element. The wheel scrolls,
 * with Ctrl (and pinched) it zooms; a drag moves the drawing. Nothing is animated.
 */
import { select, type Selection } from 'd3-selection';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior } from 'd3-zoom';

/** Where the drawing's origin stands in the view, in pixels, and its scale. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const SMALLEST = 0.02;
const LARGEST = 2;
const STEP = 1.25;
/** Room left around the drawing, and right of it for labels. */
const MARGIN = 56;
const LABELS = 180;
/** A line of a wheel that turns by lines. */
const WHEEL_LINE = 16;

export class Viewport {
  readonly #svg: SVGSVGElement;
  readonly #selection: Selection<SVGSVGElement, unknown, null, undefined>;
  readonly #zoom: ZoomBehavior<SVGSVGElement, unknown>;
  #drawing: Size = { width: 0, height: 0 };

  constructor(svg: SVGSVGElement, onMove: (place: Place) => void) {
    this.#svg = svg;
    this.#selection = select(svg);
    this.#zoom = zoom<SVGSVGElement, unknown>()
      .scaleExtent([SMALLEST, LARGEST])
      .extent(() => {
        const { width, height } = this.size;
        return [
          [0, 0],
          [width, height],
        ];
      })
      .filter((event: MouseEvent) =>
        event.type === 'wheel' ? event.ctrlKey || event.metaKey : event.button === 0,
      )
      .on('zoom', ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) => {
        onMove({ x: transform.x, y: transform.y, k: transform.k });
      });
    this.#selection.call(this.#zoom).on('dblclick.zoom', null);
    svg.addEventListener('wheel', (event) => this.#scroll(event), { passive: false });
  }

  get size(): Size {
    return { width: this.#svg.clientWidth, height: this.#svg.clientHeight };
  }

  /** Says how large the drawing is: it cannot be moved out of sight. */
  setDrawing(size: Size): void {
    this.#drawing = size;
    this.#zoom.translateExtent([
      [-MARGIN, -MARGIN],
      [size.width + LABELS + MARGIN, size.height + MARGIN],
    ]);
  }

  moveTo({ x, y, k }: Place): void {
    this.#selection.call(
      (on, transform) => this.#zoom.transform(on, transform),
      zoomIdentity.translate(x, y).scale(k),
    );
  }

  zoomBy(steps: 1 | -1): void {
    this.#zoom.scaleBy(this.#selection, STEP ** steps);
  }

  zoomTo(scale: number): void {
    this.#zoom.scaleTo(this.#selection, scale);
  }

  /** As much of the drawing as fits, at most in its own size. */
  showAll(): void {
    const { width, height } = this.size;
    const wide = this.#drawing.width + LABELS + 2 * MARGIN;
    const high = this.#drawing.height + 2 * MARGIN;
    const k = Math.max(SMALLEST, Math.min(1, width / wide, height / high));
    this.moveTo({ x: MARGIN * k, y: MARGIN * k, k });
  }

  /** Moves a point of the drawing into the view, if it is not there. */
  reveal(x: number, y: number, { x: left, y: top, k }: Place): void {
    const { width, height } = this.size;
    const by = (at: number, length: number, before: number, after: number): number => {
      if (at < before) return before - at;
      return at > length - after ? length - after - at : 0;
    };
    const right = by(left + x * k, width, MARGIN, Math.min(width / 2, LABELS));
    const down = by(top + y * k, height, MARGIN, MARGIN);
    if (right !== 0 || down !== 0) this.moveTo({ x: left + right, y: top + down, k });
  }

  #scroll(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE : 1;
    const { deltaX, deltaY, shiftKey } = event;
    // With Shift some browsers turn the wheel sideways themselves, others leave it to the page.
    const isTurned = shiftKey && deltaX === 0;
    const [x, y] = isTurned ? [deltaY, 0] : [deltaX, deltaY];
    const k = this.#svg.__zoom?.k ?? 1;
    this.#zoom.translateBy(this.#selection, (-x * unit) / k, (-y * unit) / k);
  }
}

declare global {
  interface SVGSVGElement {
    /** Where d3-zoom keeps the transform of its element. */
    readonly __zoom?: Place;
  }
}
