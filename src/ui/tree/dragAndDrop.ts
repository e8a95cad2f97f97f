/**
 * Sessions dragged onto a group get what the group stands for: its tag, its tier, a pin. Groups that
 * a session is in by its nature (project, agent, date) take nothing.
 */
import { DataTransferItem, type DataTransfer, type TreeDragAndDropController } from 'vscode';
import { Views } from '../contributions.ts';
import { GroupNode, SessionNode, type Group, type TreeNode } from './nodes.ts';

/** The type that VS Code gives to what is dragged within a tree. */
const TYPE = `application/vnd.code.tree.${Views.sessions.toLowerCase()}`;

export type Drop = (sessionIds: readonly string[], onto: Group) => Promise<void>;

export class TreeDragAndDrop implements TreeDragAndDropController<TreeNode> {
  readonly dragMimeTypes = [TYPE];
  readonly dropMimeTypes = [TYPE];
  #onDrop: Drop | undefined;

  /** Set once there are commands to carry it out. */
  onDrop(drop: Drop): void {
    this.#onDrop = drop;
  }

  handleDrag(nodes: readonly TreeNode[], transfer: DataTransfer): void {
    const ids = nodes.flatMap((node) => (node instanceof SessionNode ? [node.session.id] : []));
    if (ids.length > 0) transfer.set(TYPE, new DataTransferItem([...new Set(ids)]));
  }

  async handleDrop(target: TreeNode | undefined, transfer: DataTransfer): Promise<void> {
    const group = groupAt(target);
    const ids = sessionIds(transfer.get(TYPE)?.value);
    if (group && takesSessions(group) && ids.length > 0) await this.#onDrop?.(ids, group);
  }
}

function takesSessions({ kind, key }: Pick<Group, 'kind' | 'key'>): boolean {
  return kind === 'tier' || kind === 'pinned' || (kind === 'tag' && key !== '');
}

/** A row of a group's list stands for the group. */
function groupAt(target: TreeNode | undefined): Group | undefined {
  if (target instanceof GroupNode) return target.group;
  const list = target && 'list' in target ? target.list : undefined;
  return list instanceof GroupNode ? list.group : undefined;
}

/** From another window it arrives as text. */
function sessionIds(value: unknown): readonly string[] {
  const ids: unknown = typeof value === 'string' ? parsed(value) : value;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not dragged from such a tree
  }
}
