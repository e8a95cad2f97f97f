/**
 * What VS Code was given to show. To draw a row again it forgets the rows below until it was given
 * them anew, and what is clicked or selected meanwhile is lost. So a row that looks the same is not
 * drawn again, and rows that stay are given back at once, without asking the store.
 */
import type { TreeItem } from 'vscode';
import { SessionNode, SubagentsNode, type TreeNode } from './nodes.ts';

export class DrawnRows {
  readonly #looks = new WeakMap<TreeNode, string>();
  readonly #below = new WeakMap<TreeNode, readonly TreeNode[]>();
  /** Rows whose rows below stay. */
  readonly #kept = new Set<TreeNode>();

  /** Everything is read again. */
  clear(): void {
    this.#kept.clear();
  }

  /** A row as VS Code takes it. */
  drawn(node: TreeNode, item: TreeItem): void {
    this.#looks.set(node, lookOf(node, item));
  }

  /** False for what VS Code never asked for, too: it draws that anyway. */
  looksOther(node: TreeNode, item: TreeItem): boolean {
    const look = this.#looks.get(node);
    return look !== undefined && look !== lookOf(node, item);
  }

  /** The rows below another, as they were read. */
  read(node: TreeNode, rows: readonly TreeNode[]): void {
    this.#below.set(node, rows);
  }

  /** `undefined` where nobody unfolded it yet. */
  below(node: TreeNode): readonly TreeNode[] | undefined {
    return this.#below.get(node);
  }

  /** VS Code will ask for what is below this row, though it stays. */
  keep(node: TreeNode): void {
    const rows = this.#below.get(node);
    if (!rows || !isWhole(node, rows)) return;
    this.#kept.add(node);
    for (const row of rows) this.keep(row);
  }

  /** The rows that stay below this one: told once. */
  take(node: TreeNode): readonly TreeNode[] | undefined {
    return this.#kept.delete(node) ? this.#below.get(node) : undefined;
  }
}

/** All that is to be seen of a row, also in its tooltip; opening a session changes nothing of it. */
function lookOf(node: TreeNode, item: TreeItem): string {
  const shown = Object.entries(item).filter(([name]) => name !== 'command');
  if (!(node instanceof SessionNode)) return JSON.stringify(shown);
  // Its tooltip is made from the session when the pointer rests on it.
  const { session } = node;
  const unseen = { lastAccessedAt: 0, accessCount: 0, accessFrequency: 0 };
  const storageTier = session.storageTier === 'cold' ? 'cold' : 'warm';
  return JSON.stringify([shown, { ...session, ...unseen, storageTier }]);
}

/** Whether the rows are those that the session itself speaks of. */
function isWhole(node: TreeNode, rows: readonly TreeNode[]): boolean {
  if (!(node instanceof SessionNode) || node.flat) return true;
  const forks = rows.filter((row) => row instanceof SessionNode).length;
  const isPart = forks < rows.filter((row) => !(row instanceof SubagentsNode)).length;
  const hasSubagents = rows.some((row) => row instanceof SubagentsNode);
  return (
    (node.session.subagents !== undefined) === hasSubagents &&
    (isPart || forks === node.session.forkCount)
  );
}
