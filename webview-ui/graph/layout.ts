/**
 * Where everything of a family stands, in pixels of the whole drawing: a lane for each branch,
 * messages from top to bottom. Pure, and the same for the same family.
 *
 * Laws (test/webview/graphLayout.test.ts): no two lines lie over each other, nor a line over a
 * label; a branch begins where it leaves its parent; nothing is left of its parent; a merge leads
 * down, unless its branch went on afterwards (heights.ts).
 */
import { hierarchy, type HierarchyNode } from 'd3-hierarchy';
import type { FamilyBranch, FamilyGraph, FamilyMerge } from '../../src/core/family.ts';
import { heightsOf, type HeightOf } from './heights.ts';
import { Lanes, type Claim } from './lanes.ts';
import { scaleOf } from './scale.ts';

/** Pixels from lane to lane. */
export const LANE = 48;
/** Pixels that a label may take beside its node, and a line of text below another. */
export const LABEL = 168;
export const LINE = 16;
/** From a node to its label. */
export const BESIDE = 13;
/** Roughly, of a character of the label; what is cut is cut by characters. */
const CHARACTER = 6.4;

/** Of the label over the root, which has the room. */
export const ROOT_CHARACTERS = 40;

/** Characters of a label's lines, as many as it has room for. */
export function labelCharacters({ title, parentId }: FamilyBranch): number {
  if (parentId === undefined) return 20;
  return Math.min(Math.floor(LABEL / CHARACTER), Math.max(20, title.length + 8));
}

export interface Laid {
  readonly branch: FamilyBranch;
  readonly x: number;
  /** Where it leaves its parent, and where it ends. */
  readonly top: number;
  readonly bottom: number;
  readonly parent?: Laid;
  readonly children: readonly Laid[];
  /** Its label stands over its end, because branches leave there. */
  readonly labelAbove: boolean;
  /** 0 for the root. */
  readonly depth: number;
}

export interface ForkPoint {
  readonly branch: Laid;
  /** Messages up to it. */
  readonly at: number;
  readonly y: number;
  readonly count: number;
  /** It is the end of its branch, which has a node already. */
  readonly isEnd: boolean;
}

export interface LaidMerge {
  readonly merge: FamilyMerge;
  readonly from: Laid;
  readonly to: Laid;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Parents before their children; a branch's own before those of the next one. */
  readonly branches: readonly Laid[];
  readonly byId: ReadonlyMap<string, Laid>;
  readonly forkPoints: readonly ForkPoint[];
  readonly merges: readonly LaidMerge[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Growing = Mutable<Omit<Laid, 'children' | 'parent'>> & { children: Laid[]; parent?: Growing };

export function layOut({ branches, merges }: FamilyGraph): Layout {
  const scale = scaleOf([
    0,
    ...branches.flatMap((branch) => [branch.at, endOf(branch)]),
    ...merges.map(({ index }) => index + 1),
  ]);
  const heightOf = heightsOf(branches, merges, scale, endOf);
  const deepest = branches.reduce((most, one) => Math.max(most, heightOf(one, endOf(one))), 0);
  const lanes = new Lanes(deepest + 2 * LINE);
  const byId = new Map<string, Growing>();
  const forkPoints: ForkPoint[] = [];
  const laid: Laid[] = [];
  /** Lane of the branch that left the same message before: those between are no place for the next. */
  const besides = new Map<string, number>();
  familyTree(branches).eachBefore((node) => {
    const { branch } = node.data;
    if (branch === undefined) return;
    const parent = byId.get(node.parent?.data.branch?.id ?? '');
    const top = parent ? heightOf(parent.branch, branch.at) : 0;
    const bottom = heightOf(branch, endOf(branch));
    const forks = forksOf(node);
    const labelAbove = forks.has(endOf(branch));
    const claims = claimsOf(branch, { top, bottom, labelAbove }, forks, heightOf);
    const beside = `${branch.parentId ?? ''} ${branch.at}`;
    const first = parent ? Math.max(parent.x / LANE, besides.get(beside) ?? 0) + 1 : lanes.count;
    const lane = lanes.place(first, claims);
    if (parent) besides.set(beside, lane);
    const here: Growing = {
      branch,
      x: lane * LANE,
      top,
      bottom,
      children: [],
      labelAbove,
      depth: parent ? parent.depth + 1 : 0,
      ...(parent && { parent }),
    };
    parent?.children.push(here);
    byId.set(branch.id, here);
    laid.push(here);
    for (const [at, count] of forks) {
      forkPoints.push({
        branch: here,
        at,
        y: heightOf(branch, at),
        count,
        isEnd: at === endOf(branch),
      });
    }
  });
  const height = laid.reduce((most, { bottom }) => Math.max(most, bottom), 0);
  return {
    width: lanes.count * LANE,
    height: height + 2 * LINE,
    branches: laid,
    byId,
    forkPoints,
    merges: merges.flatMap((merge) => {
      const [from, to] = [byId.get(merge.sourceId), byId.get(merge.sessionId)];
      return from && to ? [{ merge, from, to, y: heightOf(to.branch, merge.index + 1) }] : [];
    }),
  };
}

interface TreeNode {
  /** Absent for the node over several roots. */
  readonly branch?: FamilyBranch;
}

/**
 * The family as d3 walks it. What leaves a branch last stands next to it, so that the way to what
 * left earlier passes over it; of those that leave together, abandoned ones stand outside.
 */
function familyTree(branches: readonly FamilyBranch[]): HierarchyNode<TreeNode> {
  const children = new Map<string | undefined, TreeNode[]>();
  for (const branch of branches) {
    const siblings = children.get(branch.parentId);
    if (siblings) siblings.push({ branch });
    else children.set(branch.parentId, [{ branch }]);
  }
  const isGiven = ({ branch }: TreeNode): number => (branch?.abandoned === true ? 1 : 0);
  return hierarchy<TreeNode>({}, ({ branch }) => children.get(branch?.id)).sort(
    (a, b) =>
      (b.data.branch?.at ?? 0) - (a.data.branch?.at ?? 0) ||
      isGiven(a.data) - isGiven(b.data) ||
      endOf(a.data.branch) - endOf(b.data.branch),
  );
}

/** A branch without messages of its own is drawn as if it had one: it must be seen. */
function endOf(branch: Pick<FamilyBranch, 'length' | 'at'> | undefined): number {
  return branch === undefined ? 0 : Math.max(branch.length, branch.at + 1);
}

/** How many branches leave, by message. */
function forksOf({ children = [] }: HierarchyNode<TreeNode>): Map<number, number> {
  const forks = new Map<number, number>();
  for (const { data } of children) {
    const at = data.branch?.at;
    if (at !== undefined) forks.set(at, (forks.get(at) ?? 0) + 1);
  }
  return forks;
}

/** What of the drawing a branch needs for itself, in lanes from its own. */
function claimsOf(
  branch: FamilyBranch,
  { top, bottom, labelAbove }: Pick<Laid, 'top' | 'bottom' | 'labelAbove'>,
  forks: ReadonlyMap<number, number>,
  heightOf: HeightOf,
): Claim[] {
  const beside = (characters: number, from: number, to: number): Claim => {
    const width = BESIDE + characters * CHARACTER;
    return { lane: 1, lanes: Math.ceil(width / LANE), from, to };
  };
  const isRoot = branch.parentId === undefined;
  const own = labelCharacters(branch);
  return [
    { lane: 0, lanes: 1, from: top, to: bottom + 2 * LINE },
    labelAbove ? beside(own, bottom - 32, bottom - 2) : beside(own, bottom - 14, bottom + 22),
    ...(isRoot ? [beside(ROOT_CHARACTERS, top - 14, top + 20)] : []),
    ...[...forks.keys()]
      .filter((at) => at !== endOf(branch))
      .map((at) => beside(11, heightOf(branch, at) - 30, heightOf(branch, at) - 2)),
  ];
}
