/**
 * What of the tree is drawn again, and when: changes are gathered, rows that stay where they are are
 * drawn first, when the person pauses, and lists whose rows move are read before VS Code hears of it. A list that turns out
 * to be the same is not drawn.
 */
import { messageOf } from '../../core/errors.ts';
import type { Disposable } from '../disposable.ts';
import { DrawnRows } from './drawnRows.ts';
import type { FamilyMarks } from './familyMarks.ts';
import type { TreeNode } from './nodes.ts';
import { earliestDraw, earliestMove, PAUSE_MS } from './pace.ts';
import type { SessionChanges, SessionTreeModel } from './sessionTreeModel.ts';
import type { TreeItem } from 'vscode';

/** How long changes are gathered before the view draws again. */
const GATHER_MS = 150;

export interface Painted {
  readonly model: SessionTreeModel;
  readonly marks: FamilyMarks;
  /** Reads the rows below another from the store. */
  readonly read: (node: TreeNode) => Promise<readonly TreeNode[]>;
  readonly item: (node: TreeNode) => TreeItem;
  /** Tells VS Code what to draw again; `undefined` means everything. */
  readonly fire: (nodes: TreeNode[] | undefined) => void;
  readonly isImporting: () => boolean;
  readonly isEmpty: () => boolean;
  readonly warn: (message: string) => void;
}

export class TreePainter implements Disposable {
  readonly rows = new DrawnRows();
  readonly #on: Painted;
  #gathered: SessionChanges | undefined;
  /** Lists whose rows wait to move. */
  readonly #waiting = new Set<TreeNode | undefined>();
  #waitingSince = 0;
  /** Rows that wait to be drawn where they are. */
  readonly #stale = new Set<TreeNode>();
  #staleSince = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #moveTimer: ReturnType<typeof setTimeout> | undefined;
  #drawTimer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  #movedAt = 0;
  #touchedAt = 0;

  constructor(on: Painted) {
    this.#on = on;
  }

  /** The person did something in the tree. */
  touched(): void {
    this.#touchedAt = Date.now();
  }

  /** What was gathered and not drawn yet. */
  get gathered(): SessionChanges | undefined {
    return this.#gathered;
  }

  gather(changes: SessionChanges | undefined): void {
    if (changes === undefined) return;
    this.#gathered = changes;
    const earliest = this.#drawnAt + PAUSE_MS - Date.now();
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#drawnAt = Date.now();
        const gathered = this.#gathered;
        this.#gathered = undefined;
        if (gathered) void this.draw(gathered).then(() => this.moveSoon());
      },
      Math.max(GATHER_MS, earliest),
    );
  }

  /** Draws what stays where it is, and notes which lists have to be drawn for the rest. */
  async draw(changes: SessionChanges): Promise<void> {
    const { model, marks } = this.#on;
    try {
      if (changes.all) marks.clear();
      const stale = marks.changed([...changes.changed, ...changes.removed]);
      const { inPlace, lists } = await model.refresh(changes);
      this.#wait(lists);
      const marked = await Promise.all(stale.map((rootId) => this.#marked(rootId)));
      this.redraw([...inPlace, ...model.nodesOf(marked.flat())]);
    } catch (error) {
      this.#on.warn(messageOf(error));
    }
  }

  /** Draws those of `nodes` again that look other than before, as soon as the person pauses. */
  redraw(nodes: readonly TreeNode[]): void {
    const other = nodes.filter((node) => this.#looksOther(node));
    if (other.length > 0 && this.#stale.size === 0) this.#staleSince = Date.now();
    for (const node of other) this.#stale.add(node);
    this.#drawSoon();
  }

  #drawSoon(): void {
    clearTimeout(this.#drawTimer);
    if (this.#stale.size === 0) return;
    const now = Date.now();
    const at = earliestDraw({ now, touchedAt: this.#touchedAt, waitingSince: this.#staleSince });
    if (at > now) {
      // Asked again then: the person may have touched the tree meanwhile.
      this.#drawTimer = setTimeout(() => this.#drawSoon(), at - now);
      return;
    }
    const stale = [...this.#stale];
    this.#stale.clear();
    this.#fire(stale.filter((node) => this.#looksOther(node)));
  }

  everything(): void {
    this.rows.clear();
    this.#on.fire(undefined);
  }

  /** Lets rows move as soon as they may. */
  moveSoon(): void {
    clearTimeout(this.#moveTimer);
    if (this.#waiting.size === 0) return;
    const now = Date.now();
    const at = earliestMove({
      now,
      movedAt: this.#movedAt,
      touchedAt: this.#touchedAt,
      waitingSince: this.#waitingSince,
      isImporting: this.#on.isImporting(),
      isEmpty: this.#on.isEmpty(),
    });
    // Asked again then: the person may have touched the tree meanwhile.
    if (at > now) this.#moveTimer = setTimeout(() => this.moveSoon(), at - now);
    else void this.move();
  }

  async move(): Promise<void> {
    clearTimeout(this.#moveTimer);
    if (this.#waiting.size === 0) return;
    this.#movedAt = Date.now();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    const lists = waiting.filter((node) => node !== undefined);
    if (lists.length < waiting.length) {
      this.everything();
      return;
    }
    try {
      const moved = await Promise.all(lists.map((list) => this.#moves(list)));
      const drawn = lists.flatMap((list, at) =>
        moved[at] === true
          ? [list]
          : [list, ...(this.rows.below(list) ?? [])].filter((node) => this.#looksOther(node)),
      );
      this.#fire(drawn);
    } catch (error) {
      // What is on show stays, and is read again after the next change.
      this.#wait(lists);
      this.#on.warn(messageOf(error));
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#moveTimer);
    clearTimeout(this.#drawTimer);
  }

  /** A tree without marks is one, too: the rows are drawn all the same. */
  async #marked(rootId: string): Promise<readonly string[]> {
    try {
      return await this.#on.marks.load(rootId);
    } catch (error) {
      this.#on.warn(messageOf(error));
      return [];
    }
  }

  #wait(nodes: readonly (TreeNode | undefined)[]): void {
    if (nodes.length > 0 && this.#waiting.size === 0) this.#waitingSince = Date.now();
    for (const node of nodes) this.#waiting.add(node);
  }

  #looksOther(node: TreeNode): boolean {
    return this.rows.looksOther(node, this.#on.item(node));
  }

  /** At once: of several events VS Code draws the first alone, and the others later. */
  #fire(nodes: readonly TreeNode[]): void {
    const drawn = [...new Set(nodes)];
    if (drawn.length === 0) return;
    for (const node of drawn) this.rows.keep(node);
    this.#on.fire(drawn);
  }

  /** Reads a list that was unfolded again; false where the same rows stand in the same order. */
  async #moves(list: TreeNode): Promise<boolean> {
    const before = this.rows.below(list);
    if (!before) return true;
    const after = await this.#on.read(list);
    return before.length !== after.length || before.some((row, at) => row !== after[at]);
  }
}
