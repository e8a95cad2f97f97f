/**
 * Somebody who works in one of the windows: makes sessions, writes, forks, tags, reads, archives
 * and deletes, one request after the other, and writes down in the journal what was acknowledged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../src/core/errors.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import type { Dice } from './dice.ts';
import type { Fleet } from './fleet.ts';
import { type Append, type ExpectedSession, type Journal, keyOf } from './journal.ts';
import { readTexts } from './observe.ts';

const TAGS = ['bug', 'plan', 'keep', 'later'];
/** More than goes into a row of the database: such a message becomes a blob. */
const BLOB_CHARACTERS = 300_000;
const LONGEST_PAUSE_MS = 40;

export interface ActorOptions {
  readonly name: string;
  readonly window: number;
  readonly fleet: Fleet;
  readonly journal: Journal;
  readonly dice: Dice;
}

type Deed = (session: ExpectedSession) => Promise<void>;

export class Actor {
  readonly #name: string;
  readonly #window: number;
  readonly #fleet: Fleet;
  readonly #journal: Journal;
  readonly #dice: Dice;
  #requests = 0;
  #messages = 0;

  constructor({ name, window, fleet, journal, dice }: ActorOptions) {
    this.#name = name;
    this.#window = window;
    this.#fleet = fleet;
    this.#journal = journal;
    this.#dice = dice;
  }

  /** Does so many things. Never rejects: what goes wrong is a problem in the journal. */
  async work(deeds: number): Promise<void> {
    for (let deed = 0; deed < deeds; deed++) {
      try {
        await this.#next();
      } catch (error) {
        this.#journal.problems.push(`${this.#name}: ${messageOf(error)}`);
      }
      await sleep(this.#dice.between(0, LONGEST_PAUSE_MS));
    }
  }

  /** Shared deeds go on beside others on the same session; the others have it to themselves. */
  readonly #deeds: readonly (readonly [weight: number, deed: Deed, alone?: true])[] = [
    [34, (session) => this.#append(session)],
    [10, (session) => this.#forkAt(session)],
    [20, (session) => this.#read(session)],
    [8, (session) => this.#migrate(session, 'cold')],
    [4, (session) => this.#migrate(session, 'warm')],
    [2, (session) => this.#migrate(session, 'hot')],
    [8, (session) => this.#tag(session), true],
    [4, (session) => this.#rename(session), true],
    [4, (session) => this.#trash(session), true],
  ];

  async #next(): Promise<void> {
    const session = this.#dice.pick(this.#journal.usable());
    if (session === undefined || this.#dice.chance(0.06)) return this.#create();
    if (this.#dice.chance(0.04)) return this.#upkeep();
    const total = this.#deeds.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.#dice.roll() * total;
    for (const [weight, deed, alone] of this.#deeds) {
      left -= weight;
      if (left >= 0) continue;
      // What others are at work on is not changed under them: then it is written to.
      const isAlone = alone === true && session.users === 0;
      session.users++;
      session.taken = isAlone;
      try {
        await (alone && !isAlone ? this.#append(session) : deed(session));
      } finally {
        session.users--;
        if (isAlone) session.taken = false;
      }
      return;
    }
  }

  /** Asks for a change until it is acknowledged. */
  async #change<T>(request: (store: SessionStore, requestId: string) => Promise<T>): Promise<T> {
    const requestId = `${this.#name}-request-${++this.#requests}`;
    const result = await this.#fleet.ask(this.#window, this.#dice, (store) =>
      request(store, requestId),
    );
    this.#journal.acknowledged++;
    return result;
  }

  async #create(): Promise<void> {
    const title = `session of ${this.#name} ${this.#requests}`;
    const tags = this.#someTags();
    this.#journal.unansweredBirths++;
    const { id } = await this.#change((store, requestId) =>
      store.createSession({ title, tags, requestId }),
    );
    this.#journal.unansweredBirths--;
    this.#journal.born({ id, inherited: 0, titles: [title], tags: [tags.join(',')] });
  }

  async #append(session: ExpectedSession): Promise<void> {
    const texts = Array.from({ length: this.#dice.between(1, 4) }, () => this.#newText());
    const append: Append = { actor: this.#name, texts, acknowledged: false };
    session.appends.push(append);
    const messages = texts.map((text, nth) => ({
      role: nth % 2 === 0 ? ('user' as const) : ('assistant' as const),
      text,
    }));
    await this.#change((store, requestId) =>
      store.appendMessages(session.id, messages, { requestId }),
    );
    append.acknowledged = true;
  }

  async #forkAt(session: ExpectedSession): Promise<void> {
    const known = session.inherited + acknowledgedTexts(session).length;
    if (known === 0) return this.#append(session);
    const title = `fork by ${this.#name} ${this.#requests}`;
    const atMessage = this.#dice.between(0, known - 1);
    this.#journal.unansweredBirths++;
    const { session: fork } = await this.#change((store, requestId) =>
      store.forkSession(session.id, { atMessage, title, requestId }),
    );
    this.#journal.unansweredBirths--;
    this.#journal.born({
      id: fork.id,
      parentId: session.id,
      inherited: atMessage + 1,
      titles: [title],
      tags: [''],
    });
  }

  /** Whatever was acknowledged before the question must be in the answer, in every window. */
  async #read(session: ExpectedSession): Promise<void> {
    const due = acknowledgedTexts(session);
    const seen = await this.#fleet.ask(this.#window, this.#dice, (store) =>
      readTexts(store, session.id),
    );
    const keys = new Set(seen.map(keyOf));
    for (const text of due) {
      if (keys.has(keyOf(text))) continue;
      this.#journal.problems.push(`stale: ${this.#name} did not see ${keyOf(text)}`);
    }
  }

  async #migrate(session: ExpectedSession, tier: 'hot' | 'warm' | 'cold'): Promise<void> {
    await this.#change((store, requestId) =>
      store.migrateToTier(session.id, tier, { reason: 'chaos', requestId }),
    );
  }

  async #upkeep(): Promise<void> {
    const compact = this.#dice.chance(0.5);
    await this.#change(async (store, requestId) => {
      if (compact) await store.compactArchive({ requestId });
      else await store.archiveOldSessions({ olderThan: 0, requestId });
    });
  }

  async #tag(session: ExpectedSession): Promise<void> {
    const tags = this.#someTags();
    session.tags = [...session.tags, tags.join(',')];
    await this.#change((store, requestId) => store.updateSession(session.id, { tags, requestId }));
    session.tags = [tags.join(',')];
  }

  async #rename(session: ExpectedSession): Promise<void> {
    const title = `named by ${this.#name} ${this.#requests}`;
    session.titles = [...session.titles, title];
    await this.#change((store, requestId) => store.updateSession(session.id, { title, requestId }));
    session.titles = [title];
  }

  async #trash(session: ExpectedSession): Promise<void> {
    const texts = await this.#fleet.ask(this.#window, this.#dice, (store) =>
      readTexts(store, session.id),
    );
    session.deleted = true;
    await this.#change((store, requestId) => store.deleteSession(session.id, { requestId }));
    const shown = await this.#fleet.ask(this.#window, this.#dice, (store) =>
      store.getSession(session.id),
    );
    if (shown !== undefined) this.#journal.problems.push(`shown: ${session.id} is in the trash`);
    // Some go for good, some stay in the trash until the run's end.
    const fate = this.#dice.roll();
    if (fate < 0.3) {
      session.purged = texts;
      await this.#change((store, requestId) => store.purgeSessions([session.id], { requestId }));
    } else if (fate < 0.65) {
      await this.#change((store, requestId) => store.restoreSession(session.id, { requestId }));
      session.deleted = false;
    }
  }

  #someTags(): string[] {
    return TAGS.filter(() => this.#dice.chance(0.3)).sort();
  }

  #newText(): string {
    const key = `${this.#name}-${++this.#messages}`;
    const length = this.#dice.chance(0.02) ? BLOB_CHARACTERS : this.#dice.between(0, 3000);
    // Says of itself what it is, so that a mixture of two messages would be seen.
    return `${key} ${`${key}, `.repeat(Math.ceil(length / (key.length + 2)))}.`;
  }
}

function acknowledgedTexts({ appends }: ExpectedSession): string[] {
  return appends.flatMap(({ texts, acknowledged }) => (acknowledged ? texts : []));
}
