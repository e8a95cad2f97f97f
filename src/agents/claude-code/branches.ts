/**
 * Decides which messages are forks of a conversation and which only look like it. A fork is a
 * message with at least two children that each lead to a prompt a person typed, at different
 * times; everything else that hangs aside (parallel tools, retries, replays) is part of the branch
 * it hangs on, in file order. So every message is in exactly one branch.
 */
import type { DerivedBranch, OutlineEntry } from '../../core/reader.ts';
import type { Group } from './groups.ts';

/** What makes a message of the outline of a group. */
export type ToOutline = (group: Group) => OutlineEntry;

interface Reach {
  /** When the first prompt at or below the message was typed; absent when there is none. */
  readonly typed?: { readonly at: number | undefined };
  /** The last position in the file of anything at or below it. */
  readonly lastIndex: number;
}

interface OpenBranch {
  readonly parent?: { readonly branch: number; readonly length: number };
  readonly inherited: number;
  readonly entries: OutlineEntry[];
  key: string | undefined;
  title: string | undefined;
}

interface Place {
  readonly branch: number;
  /** Messages of the branch up to and with this one, inherited ones included. */
  readonly length: number;
}

/** `groups` in order, parents first. The first branch is the live one. */
export function branchesOf(groups: readonly Group[], toOutline: ToOutline): DerivedBranch[] {
  if (groups.length === 0) return [];
  const forked = forkedChildren(groups);
  const branches: OpenBranch[] = [openBranch('main', undefined)];
  const places = new Map<Group, Place>();
  for (const group of groups) {
    const above: Place | undefined = group.parent && places.get(group.parent);
    let number = above?.branch ?? 0;
    if (forked.has(group)) {
      number = branches.length;
      branches.push(openBranch(undefined, above ?? { branch: 0, length: 0 }));
    }
    const branch = branches[number];
    if (!branch) continue; // Cannot be: a branch is opened before it is named.
    const outline = toOutline(group);
    branch.entries.push(outline);
    branch.key ??= outline.nativeId ?? `seq-${outline.seqs[0] ?? 0}`;
    if (number > 0) branch.title ??= group.first.detail?.words;
    places.set(group, { branch: number, length: branch.inherited + branch.entries.length });
  }
  return named(branches);
}

function openBranch(key: string | undefined, parent: Place | undefined): OpenBranch {
  return {
    ...(parent && { parent }),
    inherited: parent?.length ?? 0,
    entries: [],
    key,
    title: undefined,
  };
}

/** The children that begin a branch of their own. */
function forkedChildren(groups: readonly Group[]): ReadonlySet<Group> {
  const reach = reachOf(groups);
  const forked = new Set<Group>();
  const roots = groups.filter((group) => group.parent === undefined);
  for (const siblings of [roots, ...groups.map((group) => group.children)]) {
    if (siblings.length < 2) continue;
    const typed = siblings.filter((group) => reach.get(group)?.typed);
    const [first] = typed;
    if (!first || typed.length < 2) continue;
    const last = (group: Group): number => reach.get(group)?.lastIndex ?? 0;
    const live = typed.reduce((a, b) => (last(b) > last(a) ? b : a), first);
    const liveTime = reach.get(live)?.typed?.at;
    for (const group of typed) {
      const time = reach.get(group)?.typed?.at;
      // The same moment means the same prompt, written again.
      if (group !== live && (time === undefined || time !== liveTime)) forked.add(group);
    }
  }
  return forked;
}

/** From the ends to the roots, so that a chain of any length needs no recursion. */
function reachOf(groups: readonly Group[]): ReadonlyMap<Group, Reach> {
  const reach = new Map<Group, Reach>();
  for (const group of [...groups].reverse()) {
    let typed: Reach['typed'] = group.kind === 'prompt' ? { at: group.first.timestamp } : undefined;
    let { lastIndex } = group;
    for (const child of group.children) {
      const below = reach.get(child);
      typed ??= below?.typed;
      lastIndex = Math.max(lastIndex, below?.lastIndex ?? 0);
    }
    reach.set(group, { lastIndex, ...(typed && { typed }) });
  }
  return reach;
}

function named(branches: readonly OpenBranch[]): DerivedBranch[] {
  const used = new Set<string>();
  return branches.map(({ key = '', title, parent, entries }) => {
    let unique = key;
    for (let copy = 2; used.has(unique); copy++) unique = `${key}#${copy}`;
    used.add(unique);
    return { key: unique, entries, ...(parent && { parent }), ...(title && { title }) };
  });
}
