/**
 * A family of sessions as text: the shape of the tree in box characters, one line a session. Made
 * for terminals, notes and other programs; titles come from transcripts and stay on their line.
 */
import { mergedFact } from './merged.ts';
import type { FamilyBranch, FamilyMerge } from '../core/family.ts';
import type { Session, SessionTreeNode } from '../core/session.ts';

const TITLE_LENGTH = 80;
/** Deeper sessions are no longer indented: their line says how deep they stand. */
const DEEPEST = 40;

export interface TreeMarks {
  /** The session that is set apart by a star. */
  readonly marked?: string;
  /** What is known of the branches beside the tree: which are abandoned. */
  readonly branches?: readonly Pick<FamilyBranch, 'id' | 'abandoned'>[];
  readonly merges?: readonly (Pick<
    FamilyMerge,
    'sourceId' | 'sessionId' | 'index' | 'messages' | 'summaryBy'
  > &
    Partial<Pick<FamilyMerge, 'mode'>>)[];
}

/** Lines joined by `\n`, the root first, children oldest first; merges stand below where they went. */
export function treeToText(
  root: SessionTreeNode,
  { marked, branches = [], merges = [] }: TreeMarks = {},
): string {
  const abandoned = new Set(branches.flatMap(({ id, abandoned }) => (abandoned ? [id] : [])));
  const titles = titlesOf(root);
  const mergedInto = Map.groupBy(merges, ({ sessionId }) => sessionId);
  const cameBack = new Set(merges.map(({ sourceId }) => sourceId));
  const lines: string[] = [];
  const open: { node: SessionTreeNode; lead: string; branch: string; depth: number }[] = [
    { node: root, lead: '', branch: '', depth: 0 },
  ];
  // A stack of its own: a chain of forks may be deeper than the call stack.
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, lead, branch, depth } = next;
    const star = node.session.id === marked ? '* ' : '';
    const deep = depth > DEEPEST ? `(${depth} deep) ` : '';
    const { id } = node.session;
    const facts = [
      ...(abandoned.has(id) ? ['abandoned'] : []),
      ...(cameBack.has(id) ? ['merged'] : []),
    ];
    lines.push(`${lead}${branch}${star}${deep}${describe(node.session, facts)}`);
    const below =
      depth === 0 || depth > DEEPEST ? lead : `${lead}${branch === '└─ ' ? '   ' : '│  '}`;
    const { children } = node;
    const bar = children.length > 0 ? '│  ' : '   ';
    for (const merge of mergedInto.get(id) ?? []) {
      const from = titles.get(merge.sourceId);
      if (from === undefined) continue;
      const what = `${merge.messages} ${plural(merge.messages)}`;
      const { mode = 'append', summaryBy } = merge;
      const by = summaryBy ? ` (${oneLine(mergedFact({ mode, summaryBy }))})` : '';
      lines.push(`${below}${bar}<- @${merge.index + 1} ${what} merged from ${from}${by}`);
    }
    for (const [at, child] of [...children.entries()].reverse()) {
      const last = at === children.length - 1;
      open.push({ node: child, lead: below, branch: last ? '└─ ' : '├─ ', depth: depth + 1 });
    }
  }
  return lines.join('\n');
}

/** `@42 Use a lock (12 own messages, claude-sonnet-4-5, abandoned)`; messages count from 1. */
function describe(session: Session, more: readonly string[]): string {
  const isFork = session.parentId !== undefined;
  const own = session.messageCount - session.inheritedCount;
  const facts = [
    isFork ? `${own} own ${plural(own)}` : `${own} ${plural(own)}`,
    ...session.models.slice(-1),
    ...more,
  ];
  const at = isFork ? `@${session.inheritedCount} ` : '';
  return `${at}${titleOf(session)} (${facts.map(oneLine).join(', ')})`;
}

/** How merges name a branch: `@42 Use a lock`. */
function titlesOf(root: SessionTreeNode): Map<string, string> {
  const titles = new Map<string, string>();
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    const { session } = node;
    const at = session.parentId === undefined ? '' : `@${session.inheritedCount} `;
    titles.set(session.id, `${at}${titleOf(session)}`);
    for (const child of node.children) open.push(child);
  }
  return titles;
}

function plural(count: number): string {
  return count === 1 ? 'message' : 'messages';
}

function titleOf({ title }: Session): string {
  const line = oneLine(title);
  if (line === '') return 'Untitled session';
  if (line.length <= TITLE_LENGTH) return line;
  return `${line.slice(0, TITLE_LENGTH).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Also without what would turn the line around or break it. */
function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
