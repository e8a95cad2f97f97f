/** A tree model over a catalogue that is played, and what its tests say of it. */
import { GroupNode, MoreNode, SessionNode, type TreeNode } from '../../../src/ui/tree/nodes.ts';
import { FIRST_ARRANGEMENT, type Arrangement } from '../../../src/ui/tree/arrangement.ts';
import { SessionTreeModel } from '../../../src/ui/tree/sessionTreeModel.ts';
import { FakeCatalogue, NOW } from './support.ts';

export class TreeOverFake {
  readonly store = new FakeCatalogue();
  /** Ids of sessions that run here. */
  live: string[] = [];
  readonly model = new SessionTreeModel(this.store, {
    isWorkspace: (path) => path === '/here',
    liveIds: () => this.live,
    now: () => NOW,
    firstDay: 1,
  });

  async firstProject(): Promise<TreeNode> {
    const [first] = await this.model.roots();
    if (!first) throw new Error('no project');
    return first;
  }

  arrange(change: Partial<Arrangement>): void {
    this.model.arrange({ ...FIRST_ARRANGEMENT, ...change });
  }
}

/** What stands in the rows: keys of groups, ids of sessions, how many more there are. */
export function labels(nodes: readonly TreeNode[]): string[] {
  return nodes.map((node) =>
    node instanceof GroupNode
      ? node.group.key
      : node instanceof SessionNode
        ? node.session.id
        : node instanceof MoreNode
          ? `+${node.remaining}`
          : 'subagents',
  );
}

/** Nodes that stay where they are, and lists whose rows may move. */
export const inPlace = (...nodes: unknown[]) => ({ inPlace: nodes, lists: [] });
export const lists = (...nodes: unknown[]) => ({ inPlace: [], lists: nodes });

export function changes(changed: readonly string[], removed: readonly string[] = [], all = false) {
  return { changed: new Set(changed), removed: new Set(removed), all };
}
