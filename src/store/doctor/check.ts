/** What a check of the store doctor is given, and how it says what it found. */
import type { DoctorArea, DoctorFinding } from '../../core/storage.ts';
import type { StoreCore } from '../storeCore.ts';
import type { Work } from '../work.ts';
import type { DeriveLog } from './rebuild.ts';

/** A record of an agent's file, as its reader cuts it. */
export interface FileRecord {
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** False for the torn tail. */
  readonly complete: boolean;
}

/** What the doctor cannot know of itself. */
export interface DoctorSurroundings {
  /** Absolute folder of the store. */
  readonly folder: string;
  readonly now: () => number;
  readonly derive: DeriveLog;
  /** Reads an agent's file; throws what the system says when it cannot be read. */
  readonly readFile: (path: string, signal: AbortSignal) => AsyncIterable<readonly FileRecord[]>;
  /** Takes a snapshot of the database, in the way that is usual. */
  readonly takeSnapshot: () => Promise<void>;
}

export interface CheckContext extends DoctorSurroundings {
  readonly core: StoreCore;
  /** Nothing at all may be changed without it. */
  readonly repair: boolean;
  readonly work: Work;
  readonly find: (finding: DoctorFinding) => void;
  /** Says that things were looked at; counts add up. */
  readonly looked: (items: number, bytes?: number) => void;
  /** Logs of which records cannot be read, and were not brought back: they are named already. */
  readonly unreadable: Set<number>;
}

export interface Check {
  readonly area: DoctorArea;
  /** What is being looked at, in words. */
  readonly title: string;
  run(context: CheckContext): Promise<void>;
}
