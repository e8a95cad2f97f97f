/**
 * Which sessions a command is about. Commands come from the tree (a node, and all selected ones),
 * from keys in the tree (nothing: its selection counts), from a panel's context menu (the data of
 * the element), from other extensions (an id) and from the palette (nothing: a picker asks).
 */
import { FromPanel } from '../panels/fromPanel.ts';
import type { Panels } from '../panels/panels.ts';
import type { HostServices } from '../services.ts';
import { SessionNode } from '../tree/nodes.ts';
import type { SessionsView } from '../tree/sessionsView.ts';
import type { UndoStack } from '../undo.ts';
import { pickSession, type PickOptions } from './pickSession.ts';

/** What the commands work with. */
export interface CommandServices extends HostServices {
  readonly view: SessionsView;
  readonly panels: Panels;
  readonly undo: UndoStack;
}

/** The argument that package.json gives to keys bound in the tree. */
interface FromTree {
  readonly from: 'tree';
}

/** True where the person chose in our own tree or panel; other extensions run commands as well. */
export function isChosenByPerson([first]: readonly unknown[]): boolean {
  return first instanceof SessionNode || first instanceof FromPanel;
}

export function isFromTree(value: unknown): value is FromTree {
  return typeof value === 'object' && value !== null && 'from' in value && value.from === 'tree';
}

/** Session ids named by a command's arguments; empty when they name none. */
export function sessionIdsOf(args: readonly unknown[], selected: readonly string[]): string[] {
  const [first, all] = args;
  if (isFromTree(first)) return [...selected];
  const values: readonly unknown[] = Array.isArray(all) && all.length > 0 ? all : [first];
  const ids = values.map(sessionIdOf).filter((id) => id !== undefined);
  return [...new Set(ids)];
}

function sessionIdOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof SessionNode) return value.session.id;
  if (typeof value !== 'object' || value === null || !('sessionId' in value)) return undefined;
  return typeof value.sessionId === 'string' ? value.sessionId : undefined;
}

/** The message that a panel's context menu was opened on, as its element says (`data-vscode-context`). */
export function messageIndexOf(args: readonly unknown[]): number | undefined {
  const [first] = args;
  if (typeof first !== 'object' || first === null || !('multipathMessage' in first)) {
    return undefined;
  }
  const index = first.multipathMessage;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : undefined;
}

/** The sessions of the arguments, or the one that the person picks; empty when nothing was picked. */
export async function targetsOf(
  services: CommandServices,
  args: readonly unknown[],
  asked: string | Omit<PickOptions, 'first'>,
): Promise<readonly string[]> {
  const ids = sessionIdsOf(args, services.view.selectedSessions);
  if (ids.length > 0 || isFromTree(args[0])) return ids;
  const picked = await pickSession(services, {
    ...(typeof asked === 'string' ? { title: asked } : asked),
    first: services.panels.activeTranscript?.sessionId,
  });
  return picked === undefined ? [] : [picked];
}
