/**
 * What of the agents' histories may be read, and in what order: the person's answers and budgets,
 * and what was left when an import was stopped. What the store has already may always be gone on with.
 */
import type { ImportBudget } from '../../core/sessionStore.ts';
import type { WaitingSession } from '../../core/waiting.ts';
import type { Database } from '../../store/database.ts';
import type { LogFile, LogFiles } from '../../store/logFiles.ts';
import {
  Consents,
  sinceOf,
  type Consent,
  type ConsentAnswer,
  type DatedBudget,
} from './consents.ts';
import { inReadingOrder, planReading, type Limits } from './plan.ts';
import type { Found, Sources } from './sources.ts';
import { shortest } from './survey.ts';

export interface PermissionParts {
  readonly database: Database;
  readonly files: LogFiles;
  readonly sources: Sources;
  readonly now: () => number;
}

export class Permission {
  readonly #parts: PermissionParts;
  readonly #consents: Consents;

  constructor(parts: PermissionParts) {
    this.#parts = parts;
    this.#consents = new Consents(parts.database);
  }

  consentOf(agent: string): Consent | undefined {
    return this.#consents.of(agent);
  }

  /** Inside a transaction; the importer's `consentChanged` is to follow it. */
  set(agent: string, answer: ConsentAnswer, budget?: DatedBudget): void {
    this.#consents.set(agent, answer, this.#parts.now(), budget);
  }

  /** What a budget comes to for the files there are; `undefined` where it limits nothing. */
  async dated(agentId: string, budget: ImportBudget): Promise<DatedBudget | undefined> {
    const { sources, now } = this.#parts;
    const agent = sources.agents.find(({ id }) => id === agentId);
    if (!agent) return undefined;
    const { files } = await sources.scan(agent);
    const since = sinceOf(budget, files, now());
    return since === undefined ? undefined : { budget, since };
  }

  isAllowed(agent: string): boolean {
    return this.#consents.of(agent)?.answer === 'granted';
  }

  limits(agent: string): Limits {
    const since = this.#consents.of(agent)?.since;
    const { stoppedAt } = this.#parts.files;
    return {
      ...(since !== undefined && { since }),
      ...(stoppedAt !== undefined && { stoppedAt }),
    };
  }

  /**
   * Asked right before reading: since the file was found, the person may have thought better of it.
   * @param isAsked the person asked for this very file, so no budget keeps it out
   */
  mayRead(file: Found, movedFrom: LogFile | undefined, isAsked: boolean): boolean {
    if (!this.isAllowed(file.agent)) return false;
    const known = (path: string): LogFile | undefined => this.#parts.files.at(path);
    const limits = isAsked ? {} : this.limits(file.agent);
    const planned = planReading([file], known, limits, () => movedFrom !== undefined);
    return planned.overBudget.files === 0;
  }

  /** Why a file that nothing else keeps from being read is not read yet. */
  reasonOf({ agent, modifiedAt }: Found): Exclude<WaitingSession['reason'], 'failed'> {
    const { since = 0, stoppedAt = 0 } = this.limits(agent);
    if (modifiedAt < since) return 'over-budget';
    return modifiedAt < stoppedAt ? 'stopped' : 'queued';
  }

  inOrder(files: readonly Found[]): readonly Found[] {
    const { sources, now } = this.#parts;
    const days = new Map(
      // Its settings are the agent's own file: they are read with the person's word only.
      sources.agents
        .filter(({ id }) => this.isAllowed(id))
        .map((agent) => [agent.id, shortest(sources.rootsOf(agent), agent.deletesAfterDays)]),
    );
    return inReadingOrder(files, (agent) => days.get(agent), now());
  }
}
