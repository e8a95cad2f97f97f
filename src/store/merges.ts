/**
 * Writes merges and takes them back. What is merged is copied, each message with where it came from,
 * so it stays when its source goes; the source and the agents' logs are never written to. Every
 * writing method runs inside one transaction of its caller.
 */
import { Slices } from '../core/compare/slices.ts';
import { MultipathError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import {
  originsOf,
  type MergeEdge,
  type Merged,
  type MergeMark,
  type MergeMode,
  type MergeResult,
  type SummaryAuthor,
} from '../core/merge.ts';
import type { Message } from '../core/message.ts';
import type { Catalogue } from './catalogue.ts';
import { number, text, type Database } from './database.ts';
import type { OwnSessions } from './ingest/ownSessions.ts';
import type { Logs } from './logs.ts';
import {
  addMergedMessages,
  addMerges,
  copiesOf,
  copyIn,
  hasCopies,
  findMerge,
  mergedOrigins,
  mergeEdges,
  overlayOf,
  type KnownMerge,
} from './mergeRows.ts';
import {
  encodeMerged,
  encodeUndone,
  NATIVE_AGENT,
  type EncodedMessage,
  type NativeMessage,
} from './nativeLog.ts';
import { nativeSession } from './nativeSessions.ts';
import type { Outlines, Place } from './outlines.ts';
import type { NewPlace, SessionEdits } from './sessionEdits.ts';

/** A message to be merged, and the ids of where it was first said. */
export interface MergedMessage {
  readonly message: Pick<Message, 'role' | 'content' | 'model' | 'provider' | 'timestamp'>;
  readonly origins: readonly string[];
}

export interface MergeInput {
  readonly targetId: string;
  readonly sourceId: string;
  readonly mode: MergeMode;
  readonly messages: readonly MergedMessage[];
  readonly summaryBy?: SummaryAuthor;
}

export interface MergedCopy {
  readonly merged: Merged;
  readonly encoded: EncodedMessage;
}

/** A merge whose messages are in the form that they are stored in. */
export interface PreparedMerge {
  readonly mergeId: string;
  readonly targetId: string;
  readonly mode: MergeMode;
  readonly copies: readonly MergedCopy[];
}

interface MergesParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly outlines: Outlines;
  readonly logs: Logs;
  readonly edits: SessionEdits;
  readonly ownSessions: OwnSessions;
  readonly now: () => number;
}

export class Merges {
  readonly #parts: MergesParts;

  constructor(parts: MergesParts) {
    this.#parts = parts;
  }

  /** The session that merging into `targetId` adds to; `undefined` where one would be made. */
  into(targetId: string): string | undefined {
    const { database } = this.#parts;
    return this.#isOwn(targetId) ? targetId : overlayOf(database, targetId);
  }

  /**
   * Where the messages that a session has by merging were first said; for a summary those count that
   * were summed up before, for messages they do not.
   */
  origins(sessionId: string, mode: MergeMode): Set<string> {
    const { catalogue, database, outlines } = this.#parts;
    const position = catalogue.position(sessionId);
    if (!position) return new Set();
    const spans = outlines.spans(position.log, position.branch);
    return mergedOrigins(database, spans, mode === 'summary');
  }

  /** Merges out of these sessions or into them, oldest first. */
  edges(sessionIds: readonly string[]): MergeEdge[] {
    return mergeEdges(this.#parts.database, sessionIds);
  }

  /**
   * Index in a session of the message with an id, or of the first that was merged from it;
   * `undefined` where it has neither. Inside no transaction of its own.
   */
  find(sessionId: string, messageId: string): number | undefined {
    const { catalogue, database, outlines } = this.#parts;
    const position = catalogue.position(sessionId);
    if (!position) return undefined;
    const { log, branch } = position;
    const split = messageId.lastIndexOf(':');
    const seq = Number(messageId.slice(split + 1));
    const row = database.get('SELECT num FROM log WHERE id = ?', [messageId.slice(0, split)]);
    const passes = (place: Place | undefined): place is Place =>
      place !== undefined && outlines.passes(log, branch, place);
    const own = row && Number.isInteger(seq) ? outlines.locate(number(row, 'num'), seq) : undefined;
    if (passes(own)) return own.index;
    for (const span of outlines.spans(log, branch)) {
      const copied = copyIn(database, span.log, messageId);
      const place = copied === undefined ? undefined : outlines.locate(span.log, copied);
      if (passes(place)) return place.index;
    }
    return undefined;
  }

  /** Where messages of a session were merged to: other sessions than those it runs through. */
  marks(sessionId: string, messages: readonly Message[]): MergeMark[] {
    const { catalogue, database, outlines } = this.#parts;
    if (!hasCopies(database)) return [];
    const position = catalogue.position(sessionId);
    if (!position) return [];
    const own = new Map<number, number>();
    for (const { log, cutSeq = Infinity } of outlines.spans(position.log, position.branch)) {
      own.set(log, Math.max(own.get(log) ?? 0, cutSeq));
    }
    const indexes = new Map<string, number>();
    for (const message of messages) {
      for (const origin of originsOf(message)) indexes.set(origin, message.index);
    }
    const marks = new Map<string, MergeMark>();
    for (const copy of copiesOf(database, [...indexes.keys()])) {
      const atMessage = indexes.get(copy.origin);
      if (atMessage === undefined || copy.seq <= (own.get(copy.log) ?? -1)) continue;
      const { origin, mode, title } = copy;
      const mark = { atMessage, sessionId: copy.sessionId, title, mode, origin };
      marks.set(`${atMessage} ${copy.sessionId}`, mark);
    }
    return [...marks.values()];
  }

  /** Puts messages into the form they are stored in, others having their turn meanwhile. */
  async prepare(input: MergeInput): Promise<PreparedMerge> {
    const { targetId, sourceId, mode, messages, summaryBy } = input;
    const slices = new Slices();
    const mergeId = newId();
    const at = this.#parts.now();
    const copies: MergedCopy[] = [];
    for (const { message, origins } of messages) {
      const merged = {
        ...{ merge: mergeId, mode, sessionId: sourceId, targetId, origins, at },
        ...(summaryBy && { summaryBy }),
      };
      copies.push({ merged, encoded: encodeMerged(message, merged, newId(), at) });
      await slices.pass();
    }
    return { mergeId, targetId, mode, copies };
  }

  /** What the target lacks of a merge: another window may have merged since it was chosen. */
  missing({ targetId, mode, copies }: PreparedMerge): MergedCopy[] {
    const present = this.origins(this.into(targetId) ?? targetId, mode);
    return copies.filter(({ merged: { origins } }) => !origins.every((one) => present.has(one)));
  }

  /**
   * Adds messages to the target, or to our branch over it. Without messages nothing is done. It is
   * one turn of the event loop, since a transaction is: `StagedMerges` writes many thousands ahead.
   * @param ahead those that are missing, where their records and where they come from are there, and
   *   the place for a branch that is to be made for them, where there is one
   */
  apply(
    merge: PreparedMerge,
    ahead?: { readonly missing?: readonly MergedCopy[]; readonly place?: NewPlace },
  ): MergeResult {
    const { mergeId, targetId } = merge;
    const { database, edits } = this.#parts;
    const known = this.into(targetId);
    const missing = ahead?.missing ?? this.missing(merge);
    if (missing.length === 0) return { mergeId, sessionId: known ?? targetId, merged: 0 };
    const sessionId = known ?? this.#overlay(targetId, ahead?.place);
    const { log, firstSeq } = edits.appendEncoded(
      sessionId,
      missing.map(({ encoded }) => encoded),
      { areAhead: ahead?.missing !== undefined },
    );
    addMerges(
      database,
      log,
      missing.map(({ merged }) => merged),
    );
    if (!ahead?.missing) {
      addMergedMessages(
        database,
        log,
        missing.map(({ merged }, offset) => ({ seq: firstSeq + offset, merged })),
      );
    }
    return { mergeId, sessionId, merged: missing.length };
  }

  /** The merge, where it can be taken back. Fails with `not-found`, or `bad-request` with why not. */
  undoable(mergeId: string, inSession?: string): KnownMerge & { readonly sessionId: string } {
    const { database, catalogue } = this.#parts;
    const merge = findMerge(database, mergeId, inSession);
    const session =
      merge && database.get('SELECT id FROM session WHERE log = ? AND branch = 0', [merge.log]);
    if (!merge || !session) {
      throw new MultipathError('not-found', 'This merge was taken back already.');
    }
    const fork = database.get(
      `SELECT n.session_id FROM native n LEFT JOIN fact f ON f.session_id = n.session_id
       WHERE n.fork_log = ? AND n.fork_seq >= ? AND f.purged_at IS NULL LIMIT 1`,
      [merge.log, merge.firstSeq],
    );
    if (fork) {
      const title = catalogue.find(text(fork, 'session_id'))?.title ?? 'A session in the trash';
      throw new MultipathError(
        'bad-request',
        `“${title}” was forked after the merge and needs its messages. Delete it for good first, or keep the merge.`,
      );
    }
    return { ...merge, sessionId: text(session, 'id') };
  }

  /**
   * Takes a merge back: the session is again as its other records say. A branch that was made for
   * merges alone goes to the trash with its last one. `messages` are those of the merge's log, read
   * before. Returns the sessions that changed and the one that went.
   */
  undo(
    mergeId: string,
    messages: readonly NativeMessage[],
    inSession?: string,
  ): { changed: string[]; removed?: string } {
    const { database, catalogue, edits, logs, ownSessions, now } = this.#parts;
    const { log, sessionId, targetId } = this.undoable(mergeId, inSession);
    const left = messages.filter(({ merged }) => merged?.merge !== mergeId);
    logs.extend(log, encodeUndone(mergeId, now()));
    const session = nativeSession({ database, catalogue }, log, left);
    const changed = session ? ownSessions.save(session, mergeId) : [];
    if (sessionId === targetId || left.length > 0) return { changed };
    return {
      changed: [...changed, ...edits.setDeleted(sessionId, true).changed],
      removed: sessionId,
    };
  }

  #isOwn(sessionId: string): boolean {
    const row = this.#parts.database.get(
      'SELECT l.agent FROM session s JOIN log l ON l.num = s.log WHERE s.id = ?',
      [sessionId],
    );
    return row !== undefined && text(row, 'agent') === NATIVE_AGENT;
  }

  #overlay(targetId: string, place: NewPlace | undefined): string {
    const { catalogue, edits } = this.#parts;
    const { messageCount } = catalogue.get(targetId);
    return edits.fork(targetId, { atMessage: Math.max(0, messageCount - 1) }, place).sessionId;
  }
}
