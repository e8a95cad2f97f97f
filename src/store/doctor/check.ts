/** What a check of the store doctor is given, and how it says what it found. */
import type { DoctorArea, DoctorFinding } from '../../core/storage.ts';
import type { StoreCore } from '../storeCore.ts';
import type { Work } from '../work.ts';

/** Where the doctor may look beside the store's own files. */
export interface DoctorSurroundings {
  /** Absolute folder of the store. */
  readonly folder: string;
  readonly now: () => number;
}

export interface CheckContext extends DoctorSurroundings {
  readonly core: StoreCore;
  /** Nothing at all may be changed without it. */
  readonly repair: boolean;
  readonly work: Work;
  readonly find: (finding: DoctorFinding) => void;
  /** Says that things were looked at; counts add up. */
  readonly looked: (items: number, bytes?: number) => void;
}

export interface Check {
  readonly area: DoctorArea;
  /** What is being looked at, in words. */
  readonly title: string;
  run(context: CheckContext): Promise<void>;
}
