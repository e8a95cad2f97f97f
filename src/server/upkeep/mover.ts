/**
 * Carries out moves of sessions, each with its row in the ledger. What is asked for by a person and
 * what the decision table asks for take the same way.
 */
import { newId } from '../../core/ids.ts';
import type { Tier } from '../../core/session.ts';
import type { MoveReason } from '../../store/migration/ledger.ts';
import type { RecordMove, SessionMove } from '../../store/migration/planner.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import type { MoveOptions, MoveOutcome } from '../../store/tierMoves.ts';

/** Messages that are put into memory of a session that is used much. */
const HOT_MESSAGES = 200;

export interface MoverParts {
  readonly core: StoreCore;
  /** Records that are being imported must not be removed. */
  readonly isImporting: () => boolean;
  readonly announce: (changed: readonly string[], removed?: readonly string[]) => void;
}

/** What became of a session that was to be removed for good. */
export type Removal = { readonly bytes: number } | { readonly skipped: string };

export class Mover {
  readonly #parts: MoverParts;
  /** Records are no longer in the archive; the database alone may have them now. */
  onPromoted: () => void = () => undefined;

  constructor(parts: MoverParts) {
    this.#parts = parts;
  }

  /** Moves the records of all sessions in a log. Announce them when it is done. */
  async moveRecords(
    { log, to, rule, reason }: Pick<RecordMove, 'log' | 'to' | keyof MoveReason>,
    options: Omit<MoveOptions, keyof MoveReason> = {},
  ): Promise<MoveOutcome> {
    const { moves, catalogue, transcripts } = this.#parts.core;
    if (to === 'warm') {
      const promoted = await moves.promote(log, { ...options, rule, reason });
      this.onPromoted();
      return promoted;
    }
    const outcome = await moves.archive(log, { ...options, rule, reason });
    if (outcome.complete) for (const id of catalogue.sharingLog(log)) transcripts.cool(id);
    return outcome;
  }

  /** Archives the records of some small logs with one wait for the disk. Returns their bytes. */
  async archiveTogether(lot: readonly RecordMove[]): Promise<number> {
    const { moves, catalogue, transcripts } = this.#parts.core;
    const bytes = await moves.archiveTogether(lot);
    for (const { log } of lot) for (const id of catalogue.sharingLog(log)) transcripts.cool(id);
    return bytes;
  }

  /** Sessions that nobody uses leave memory. */
  cool(moves: readonly SessionMove[]): void {
    const { transcripts, database, ledger } = this.#parts.core;
    if (moves.length === 0) return;
    const before = transcripts.hotBytes();
    const started = performance.now();
    for (const { session } of moves) transcripts.cool(session.id);
    // The pages of all are let go at once; each gets its share of what that gave back.
    const bytes = Math.round((before - transcripts.hotBytes()) / moves.length);
    const milliseconds = (performance.now() - started) / moves.length;
    database.transaction(() => {
      for (const { session, rule, reason } of moves) {
        const from: Tier = 'hot';
        ledger.enter({
          sessionId: session.id,
          from,
          to: 'warm',
          rule,
          reason,
          bytes,
          milliseconds,
        });
      }
    });
    database.flush();
    this.#parts.announce(moves.map(({ session }) => session.id));
  }

  /** A session that is used much is in memory again, as after a restart. */
  async heat({ session, rule, reason }: SessionMove): Promise<void> {
    const { catalogue, transcripts, database, ledger } = this.#parts.core;
    const position = catalogue.position(session.id);
    if (!position || !transcripts.hasHotRoom()) return;
    const before = transcripts.hotBytes();
    const started = performance.now();
    await transcripts.read(position, 0, HOT_MESSAGES);
    database.transaction(() =>
      ledger.enter({
        sessionId: session.id,
        from: session.facts.tier,
        to: 'hot',
        rule,
        reason,
        bytes: Math.max(0, transcripts.hotBytes() - before),
        milliseconds: performance.now() - started,
      }),
    );
    database.flush();
    this.#parts.announce([session.id]);
  }

  /** Puts a session into the trash. */
  async discard({ session, rule, reason }: SessionMove): Promise<void> {
    const { edits, requests, ledger } = this.#parts.core;
    const { changed } = await requests.once(
      newId(),
      () => {
        const { id, bytes, facts } = session;
        const done = edits.setDeleted(id, true);
        const from = facts.tier;
        ledger.enter({ sessionId: id, from, to: 'trash', rule, reason, bytes, milliseconds: 0 });
        return done;
      },
      // Its own id is new: nothing comes back from the table.
      (outcome) => outcome as { changed: string[] },
    );
    this.#parts.announce(changed, [session.id]);
  }

  /** Goes on with removals that a process did not end. */
  async sweep(): Promise<void> {
    const { moves, removal } = this.#parts.core;
    for (const log of removal.unswept()) {
      await moves.alone([log], () => removal.finish({ logs: [log] }));
    }
  }

  /** Removes a session in the trash for good. */
  async remove(sessionId: string, { rule, reason }: MoveReason): Promise<Removal> {
    const { core, isImporting } = this.#parts;
    const position = core.catalogue.position(sessionId);
    if (!position) return { skipped: 'There is no such session.' };
    return core.moves.alone(core.removal.reach(position.log), async (): Promise<Removal> => {
      if (isImporting()) return { skipped: 'Histories are being imported. Try again after that.' };
      const from = core.tierFacts.of(position.log)?.records.archivedBytes ? 'cold' : 'warm';
      const started = performance.now();
      const removed = core.database.transaction(() => {
        const done = core.removal.remove(sessionId);
        if (!done.done) return done;
        const { bytes } = done;
        const milliseconds = performance.now() - started;
        core.ledger.enter({ sessionId, from, to: 'removed', rule, reason, bytes, milliseconds });
        return done;
      });
      await core.commits.durable();
      await core.removal.finish(removed);
      if (!removed.done) return { skipped: 'It is not in the trash.' };
      this.#parts.announce(removed.changed, [sessionId]);
      return { bytes: removed.bytes };
    });
  }
}
