/**
 * What stands in the sessions view. A node keeps its identity for as long as the view lives: VS
 * Code finds what to refresh by the object, and what to keep expanded by the id.
 */
import type { ProjectSummary, SessionList } from '../../core/sessionStore.ts';
import type { Session } from '../../core/session.ts';

export class ProjectNode {
  readonly id: string;
  project: ProjectSummary;
  readonly isWorkspace: boolean;

  constructor(project: ProjectSummary, isWorkspace: boolean) {
    this.id = `project:${project.key}`;
    this.project = project;
    this.isWorkspace = isWorkspace;
  }
}

export class SessionNode {
  readonly id: string;
  session: Session;
  /** True in the flat list of a filter, where forks do not stand under their parents. */
  readonly flat: boolean;
  /** False while only its children or the model know it: no list that was drawn holds it yet. */
  drawn = false;

  constructor(session: Session, flat: boolean) {
    this.id = `${flat ? 'found' : 'session'}:${session.id}`;
    this.session = session;
    this.flat = flat;
  }
}

/** The last line of a list that has more. */
export class MoreNode {
  readonly id: string;
  /** The list it ends: a project, a session with forks, or (absent) the filter's results. */
  readonly parent: ProjectNode | SessionNode | undefined;
  remaining = 0;

  constructor(parent: ProjectNode | SessionNode | undefined) {
    this.id = `more:${parent?.id ?? ''}`;
    this.parent = parent;
  }
}

export type TreeNode = ProjectNode | SessionNode | MoreNode;
export type ListParent = MoreNode['parent'];
export type PageSource = (offset: number, limit: number) => Promise<SessionList>;
