/**
 * Which agents may be read. The answer lives in the store; here is what was last found, and the
 * picker that asks. Before an answer only file sizes are known, since nothing else was read.
 */
import { EventEmitter, l10n, window } from 'vscode';
import { pickFrom } from '../ask.ts';
import type { Disposable } from '../disposable.ts';
import { messageOf } from '../../core/errors.ts';
import type { AgentSurvey, ImportBudget } from '../../core/sessionStore.ts';
import type { HostServices } from '../services.ts';
import { setContextKey } from '../vscodeApi.ts';
import { agentItem, budgetChoices, undecided } from './consentText.ts';

/** Below this a history is read as a whole without another question. */
const LARGE_BYTES = 250_000_000;

export class Consent implements Disposable {
  readonly #services: HostServices;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #surveys: readonly AgentSurvey[] = [];
  #surveyed = false;

  constructor(services: HostServices) {
    this.#services = services;
  }

  get surveys(): readonly AgentSurvey[] {
    return this.#surveys;
  }

  /** False until the agents were looked for once. */
  get surveyed(): boolean {
    return this.#surveyed;
  }

  get granted(): boolean {
    return this.#surveys.some(({ consent }) => consent === 'granted');
  }

  get needed(): boolean {
    return undecided(this.#surveys).length > 0;
  }

  /** Looks again what there is. Counts files and bytes; opens nothing. */
  async survey(): Promise<void> {
    this.#surveys = await this.#services.store.surveyAgents();
    this.#surveyed = true;
    void setContextKey('multipath.consentNeeded', this.needed);
    this.#changed.fire();
  }

  /** Asks agent by agent; true when something may now be read. Closing the picker decides nothing. */
  async review(): Promise<boolean> {
    await this.survey();
    const found = this.#surveys;
    if (found.length === 0) {
      await window.showInformationMessage(l10n.t('No coding agent was found on this machine.'));
      return false;
    }
    const granted = await pickAgents(found);
    if (!granted) return false;
    for (const { agent, consent, files } of found) {
      const answer = granted.has(agent) ? 'granted' : 'declined';
      // An agent without a history is asked about once it has one.
      const asked = files > 0 || consent !== undefined || answer === 'granted';
      if (asked && consent !== answer && answer === 'declined') {
        await this.#services.store.setConsent(agent, answer);
      }
    }
    for (const one of found.filter(({ agent }) => granted.has(agent))) {
      if (!(await this.#grant(one))) break;
    }
    await this.survey();
    return granted.size > 0;
  }

  /** Lets everything be read of agents of which only a part might be. */
  async liftBudgets(): Promise<void> {
    await this.survey();
    for (const { agent, consent, budget } of this.#surveys) {
      if (consent !== 'granted' || !budget) continue;
      await this.#services.store.setConsent(agent, 'granted');
    }
    await this.survey();
  }

  /** Asks how much of a large history may be read; false when the person leaves that open. */
  async #grant(survey: AgentSurvey): Promise<boolean> {
    const { agent, consent, overBudget } = survey;
    if (consent === 'granted' && !overBudget) return true;
    const choice = survey.bytes < LARGE_BYTES ? {} : await pickBudget(survey);
    if (!choice) return false;
    await this.#services.store.setConsent(agent, 'granted', choice);
    return true;
  }

  /** "Not Now": everything undecided stays unread until the person reviews it. */
  async declineAll(): Promise<void> {
    for (const { agent } of undecided(this.#surveys)) {
      await this.#services.store.setConsent(agent, 'declined');
    }
    await this.survey();
  }

  /** For background use: a failure is logged and tried again with the next occasion. */
  async surveyQuietly(): Promise<void> {
    try {
      await this.survey();
    } catch (error) {
      this.#services.log.warn(`Looking for agents: ${messageOf(error)}`);
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** `undefined` when the person leaves it open; without a budget it is everything. */
async function pickBudget(
  survey: AgentSurvey,
): Promise<{ readonly budget?: ImportBudget } | undefined> {
  const picked = await pickFrom([...budgetChoices(survey)], {
    ignoreFocusOut: true,
    title: l10n.t('How much of the history of {0} may Multipath read?', survey.label),
    placeHolder: l10n.t('The newest comes first; what the agent writes from now on is always read'),
  });
  if (!picked) return undefined;
  return picked.budget ? { budget: picked.budget } : {};
}

async function pickAgents(
  surveys: readonly AgentSurvey[],
): Promise<ReadonlySet<string> | undefined> {
  const items = surveys.map((survey) => agentItem(survey, Date.now()));
  const picked = await pickFrom(items, {
    canPickMany: true,
    ignoreFocusOut: true,
    title: l10n.t('Which histories may Multipath read?'),
    placeHolder: l10n.t('Checked agents are read and kept in the store on this machine'),
    prompt: l10n.t('The agents’ own files are never changed, and nothing leaves this machine.'),
  });
  return picked && new Set(picked.map(({ agent }) => agent));
}
