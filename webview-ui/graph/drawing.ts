/**
 * The drawing itself: only what is seen of it, as svg. Far away, where labels could not be read and
 * there may be thousands of lines, all lines of one colour are one path.
 */
import { svg, nothing, type SVGTemplateResult } from 'lit';
import type { FamilyBranch } from '../../src/core/family.ts';
import { formatCount } from '../shared/format.ts';
import { t } from '../shared/strings.ts';
import { colourOf } from './colours.ts';
import {
  BESIDE,
  LABEL,
  labelCharacters,
  LINE,
  ROOT_CHARACTERS,
  type ForkPoint,
  type Laid,
  type LaidMerge,
  type Layout,
} from './layout.ts';
import type { Colouring } from './savedView.ts';
import type { Place, Size } from './viewport.ts';
import { labelOf, mergeWords, rootLabelOf, spoken, type BranchContext } from './words.ts';

/** Smaller than this, labels are left out. */
const READABLE = 0.5;
/** More lines than this are drawn together. */
const MANY = 300;
const NODE = 5.5;
/** How far down a branch has come to its lane. */
const CURVE = 46;

export interface Drawn {
  readonly layout: Layout;
  readonly place: Place;
  readonly size: Size;
  readonly colouring: Colouring;
  readonly context: BranchContext;
  readonly focus: string | undefined;
}

interface Seen {
  readonly branches: readonly Laid[];
  readonly forkPoints: readonly ForkPoint[];
  readonly merges: readonly LaidMerge[];
}

export function renderDrawing(drawn: Drawn): SVGTemplateResult {
  const { place } = drawn;
  const seen = seenOf(drawn);
  const isFar = place.k < READABLE;
  const merges = seen.merges.map((merge) => renderMerge(merge, drawn));
  if (isFar && seen.branches.length > MANY) {
    return svg`${renderTogether(seen, drawn)}${merges}${renderMarks(seen, drawn)}`;
  }
  return svg`${seen.branches.map((laid) => renderLine(laid, drawn))}
    ${merges}
    ${seen.forkPoints.map((point) => renderForkPoint(point, drawn, isFar))}
    ${seen.branches.map((laid) => renderEnd(laid, drawn, isFar))}`;
}

/** What lies in the view, or reaches into it. */
function seenOf({ layout, place, size }: Drawn): Seen {
  const left = -place.x / place.k;
  const top = -place.y / place.k;
  const right = left + size.width / place.k;
  const bottom = top + size.height / place.k;
  const isSeen = (from: number, to: number, high: number, low: number): boolean =>
    from <= right &&
    to + LABEL + BESIDE >= left &&
    high - 2 * LINE <= bottom &&
    low + 2 * LINE >= top;
  return {
    branches: layout.branches.filter((laid) =>
      isSeen(laid.parent?.x ?? laid.x, laid.x, laid.top, laid.bottom),
    ),
    forkPoints: layout.forkPoints.filter(({ branch: { x }, y }) => isSeen(x, x, y, y)),
    merges: layout.merges.filter(({ from, to, y }) =>
      isSeen(
        Math.min(from.x, to.x),
        Math.max(from.x, to.x),
        Math.min(from.bottom, y),
        Math.max(from.bottom, y),
      ),
    ),
  };
}

function linePath({ x, top, bottom, parent }: Laid): string {
  if (!parent) return `M${x} ${top}V${bottom}`;
  const down = Math.min(CURVE, bottom - top);
  const bend = `C${parent.x} ${top + down * 0.55} ${x} ${top + down * 0.25} ${x} ${top + down}`;
  return `M${parent.x} ${top}${bend}V${bottom}`;
}

function classOf({ branch }: Laid, { colouring, context, focus }: Drawn): string {
  return [
    'mp-branch',
    colourOf(branch, colouring),
    ...(branch.abandoned === true || branch.deleted === true ? ['mp-left'] : []),
    ...(branch.id === context.current ? ['mp-current'] : []),
    ...(context.running.has(branch.id) ? ['mp-running'] : []),
    ...(context.chosen.has(branch.id) ? ['mp-chosen'] : []),
    ...(branch.id === focus ? ['mp-focused'] : []),
  ].join(' ');
}

function renderLine(laid: Laid, drawn: Drawn): SVGTemplateResult {
  return svg`<path class="mp-line ${classOf(laid, drawn)}" d=${linePath(laid)} />`;
}

function renderEnd(laid: Laid, drawn: Drawn, isFar: boolean): SVGTemplateResult {
  const { branch, x, top, bottom, parent } = laid;
  const { context } = drawn;
  return svg`<g class=${classOf(laid, drawn)} data-branch=${branch.id}>
    <title>${spoken(branch, context)}</title>
    ${
      parent || isFar
        ? nothing
        : svg`<circle class="mp-node" cx=${x} cy=${top} r=${NODE} />${renderLabel(
            x,
            top,
            rootLabelOf(branch, context, ROOT_CHARACTERS),
          )}`
    }
    <circle class="mp-halo" cx=${x} cy=${bottom} r="10" />
    <circle class="mp-node" cx=${x} cy=${bottom} r=${branch.id === context.current ? NODE + 2 : NODE} />
    ${
      isFar
        ? nothing
        : renderLabel(
            x,
            laid.labelAbove ? bottom - 18 : bottom,
            labelOf(branch, context, labelCharacters(branch)),
          )
    }
  </g>`;
}

function renderLabel(
  x: number,
  y: number,
  [first, second]: readonly [string, string],
): SVGTemplateResult {
  return svg`<text class="mp-label" x=${x + BESIDE} y=${y + 4}>${first}</text>
    ${second === '' ? nothing : svg`<text class="mp-more" x=${x + BESIDE} y=${y + 4 + LINE}>${second}</text>`}`;
}

function renderForkPoint(point: ForkPoint, drawn: Drawn, isFar: boolean): SVGTemplateResult {
  const { branch, at, y, count, isEnd } = point;
  const message = t('message {0}', formatCount(at));
  const forks = count === 1 ? t('1 fork') : t('{0} forks', formatCount(count));
  // The end of a branch has a node and a label of its own.
  if (isEnd) return svg``;
  return svg`<g class="mp-fork ${classOf(branch, drawn)}" data-fork=${branch.branch.id} data-at=${at}>
    <title>${t('Fork at message {0}: {1}', formatCount(at), forks)}</title>
    <circle class="mp-node" cx=${branch.x} cy=${y} r=${NODE} />
    ${
      isFar
        ? nothing
        : svg`<text class="mp-more" x=${branch.x + BESIDE} y=${y - 20}>${count === 1 ? '' : forks}</text>
          <text class="mp-label" x=${branch.x + BESIDE} y=${y - 6}>${message}</text>`
    }
  </g>`;
}

function renderMerge({ merge, from, to, y }: LaidMerge, drawn: Drawn): SVGTemplateResult {
  const down = y - from.bottom;
  const path =
    down > 24
      ? `C${from.x} ${from.bottom + down * 0.7} ${to.x} ${from.bottom + down * 0.4} ${to.x} ${y}`
      : `Q${(from.x + to.x) / 2} ${Math.max(from.bottom, y) + 30} ${to.x} ${y}`;
  return svg`<g class="mp-merge ${colourOf(from.branch, drawn.colouring)}">
    <title>${mergeWords(merge, from.branch, to.branch)}</title>
    <path class="mp-line" d="M${from.x} ${from.bottom}${path}" />
    <circle class="mp-node" cx=${to.x} cy=${y} r="3.5" />
  </g>`;
}

/** Lines of one colour as one path, with the ends as dots. */
function renderTogether({ branches }: Seen, { colouring }: Drawn): SVGTemplateResult[] {
  const paths = new Map<string, { lines: string[]; ends: string[] }>();
  for (const laid of branches) {
    const isLeft = laid.branch.abandoned === true || laid.branch.deleted === true;
    const key = `${colourOf(laid.branch, colouring)}${isLeft ? ' mp-left' : ''}`;
    const path = paths.get(key) ?? { lines: [], ends: [] };
    path.lines.push(linePath(laid));
    path.ends.push(`M${laid.x} ${laid.bottom}h0`);
    paths.set(key, path);
  }
  return [...paths].map(
    ([key, { lines, ends }]) => svg`<g class="mp-branch ${key}">
      <path class="mp-line" d=${lines.join('')} /><path class="mp-ends" d=${ends.join('')} />
    </g>`,
  );
}

/** Where one is, and what is chosen, however small everything else is. */
function renderMarks({ branches }: Seen, drawn: Drawn): SVGTemplateResult[] {
  const { context, focus } = drawn;
  return branches
    .filter(
      ({ branch: { id } }) => id === focus || id === context.current || context.chosen.has(id),
    )
    .map((laid) => renderEnd(laid, drawn, true));
}

/** The branch or fork point at a place of the drawing; `reach` is how near it must be, in pixels. */
export function hit(
  layout: Layout,
  x: number,
  y: number,
  reach: number,
): { readonly branch: FamilyBranch; readonly at?: number } | undefined {
  const isNear = (atX: number, atY: number): boolean => Math.hypot(x - atX, y - atY) <= reach;
  const point = layout.forkPoints.find(
    ({ branch, y: at, isEnd }) => !isEnd && isNear(branch.x, at),
  );
  if (point) return { branch: point.branch.branch, at: point.at };
  const end = layout.branches.find((laid) => isNear(laid.x, laid.bottom));
  if (end) return { branch: end.branch };
  const line = layout.branches.find(
    (laid) => Math.abs(x - laid.x) <= reach && y >= laid.top && y <= laid.bottom,
  );
  return line && { branch: line.branch };
}
