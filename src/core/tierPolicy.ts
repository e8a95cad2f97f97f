/**
 * The decision table: when a session moves between the tiers by itself, and why. Data and pure
 * functions; docs/tiers.md shows the same table, and a test compares the two.
 *
 * Rules are asked in their order and the first that applies wins, once for what concerns a session
 * alone (memory, trash) and once for its records, which move with all sessions of the same file.
 */
import type { RetentionPolicy, Tier } from './session.ts';
import type { StoragePolicy } from './storage.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_STORAGE_POLICY: StoragePolicy = {
  automatic: true,
  hotPerHour: 50,
  warmPerHour: 10,
  coldPerHour: 1,
  hotIdleMs: HOUR_MS,
  warmIdleMs: 7 * DAY_MS,
  warmBytes: 1e9,
  temporaryMs: 7 * DAY_MS,
  trashMs: 30 * DAY_MS,
};

/** What is known of a session when it is judged. */
export interface SessionFacts {
  readonly tier: Tier;
  readonly retention: RetentionPolicy;
  /** Accesses per hour, decayed to now. */
  readonly accessesPerHour: number;
  /** Milliseconds since it was last used or changed. */
  readonly idleMs: number;
  readonly messages: number;
  /** Milliseconds it has been in the trash. */
  readonly inTrashMs?: number;
}

/** What is known of records that lie in one file: of all its sessions together. */
export interface RecordFacts {
  /** The most used session's accesses per hour, and the shortest time one was left alone. */
  readonly accessesPerHour: number;
  readonly idleMs: number;
  /** A critical session has messages in it. */
  readonly critical: boolean;
  /** Bytes in rows that could be archived, and bytes in the archive, uncompressed. */
  readonly bytesAtHand: number;
  readonly archivedBytes: number;
  /** Set when it is among the least valuable ones that have to make room. */
  readonly bytesOverBudget?: number;
}

/** Which class of the specification a rule belongs to, and the trigger it answers to. */
export interface Origin {
  readonly class: 'hot data' | 'warm data' | 'cold data';
  readonly trigger:
    | 'high_access'
    | 'low_latency_required'
    | 'medium_access'
    | 'balanced_performance'
    | 'low_access'
    | 'cost_optimization';
}

interface RuleOf<Facts, Target> {
  readonly id: string;
  /** `stays`: the rule keeps later ones from applying. */
  readonly to: Target | 'stays';
  readonly origin?: Origin;
  /** The condition in words, as docs/tiers.md has it. */
  readonly when: string;
  readonly applies: (facts: Facts, policy: StoragePolicy) => boolean;
  readonly reason: (facts: Facts, policy: StoragePolicy) => string;
}
export type SessionRule = RuleOf<SessionFacts, 'hot' | 'warm' | 'trash' | 'removed'>;
export type RecordRule = RuleOf<RecordFacts, 'warm' | 'cold'>;

/** What concerns one session alone. */
export const SESSION_RULES: readonly SessionRule[] = [
  {
    id: 'critical-kept',
    to: 'stays',
    when: 'critical, and in the trash',
    applies: ({ retention, inTrashMs }) => retention === 'critical' && inTrashMs !== undefined,
    reason: () => 'critical sessions are never removed without being asked',
  },
  {
    id: 'trash-expired',
    to: 'removed',
    when: 'in the trash for `trashDays` (30 days)',
    applies: ({ inTrashMs }, { trashMs }) =>
      inTrashMs !== undefined && trashMs > 0 && inTrashMs >= trashMs,
    reason: ({ inTrashMs = 0 }, { trashMs }) =>
      `in the trash for ${duration(inTrashMs)} (limit ${duration(trashMs)})`,
  },
  {
    id: 'in-trash',
    to: 'stays',
    when: 'in the trash',
    applies: ({ inTrashMs }) => inTrashMs !== undefined,
    reason: ({ inTrashMs = 0 }) => `in the trash for ${duration(inTrashMs)}`,
  },
  {
    id: 'temporary-expired',
    to: 'trash',
    when: 'temporary, and not used or changed for `temporaryDays` (7 days)',
    applies: ({ retention, idleMs }, { temporaryMs }) =>
      retention === 'temporary' && idleMs >= temporaryMs,
    reason: ({ idleMs }, { temporaryMs }) =>
      `temporary, and not used for ${duration(idleMs)} (limit ${duration(temporaryMs)})`,
  },
  {
    id: 'high-access',
    to: 'hot',
    origin: { class: 'hot data', trigger: 'high_access' },
    when: 'not in memory, used at least `hotAccessesPerHour` (50) times an hour, and last within `hotIdleHours`',
    applies: ({ tier, messages, accessesPerHour, idleMs }, { hotPerHour, hotIdleMs }) =>
      tier !== 'hot' && messages > 0 && accessesPerHour >= hotPerHour && idleMs < hotIdleMs,
    reason: ({ accessesPerHour }, { hotPerHour }) =>
      `used ${rate(accessesPerHour)} times an hour (${rate(hotPerHour)} or more are kept in memory)`,
  },
  {
    id: 'hot-idle',
    to: 'warm',
    origin: { class: 'warm data', trigger: 'balanced_performance' },
    when: 'in memory, and not used for `hotIdleHours` (1 hour)',
    applies: ({ tier, idleMs }, { hotIdleMs }) => tier === 'hot' && idleMs >= hotIdleMs,
    reason: ({ idleMs }, { hotIdleMs }) =>
      `not used for ${duration(idleMs)} (limit in memory ${duration(hotIdleMs)})`,
  },
];

/** What concerns the records of all sessions in one file. */
export const RECORD_RULES: readonly RecordRule[] = [
  {
    id: 'critical-returns',
    to: 'warm',
    when: 'critical, and in the archive',
    applies: ({ critical, archivedBytes }) => critical && archivedBytes > 0,
    reason: () => 'critical sessions are kept at hand',
  },
  {
    id: 'critical-stays',
    to: 'stays',
    when: 'critical',
    applies: ({ critical }) => critical,
    reason: () => 'critical sessions are kept at hand',
  },
  {
    id: 'medium-access',
    to: 'warm',
    origin: { class: 'warm data', trigger: 'medium_access' },
    when: 'in the archive, and used at least `warmAccessesPerHour` (10) times an hour',
    applies: ({ archivedBytes, accessesPerHour }, { warmPerHour }) =>
      archivedBytes > 0 && accessesPerHour >= warmPerHour,
    reason: ({ accessesPerHour }, { warmPerHour }) =>
      `used ${rate(accessesPerHour)} times an hour (${rate(warmPerHour)} or more are kept at hand)`,
  },
  {
    id: 'low-access',
    to: 'cold',
    origin: { class: 'cold data', trigger: 'low_access' },
    when: 'at hand, not used or changed for `warmIdleDays` (7 days), and used less than `coldAccessesPerHour` (1) times an hour',
    applies: ({ bytesAtHand, accessesPerHour, idleMs }, { coldPerHour, warmIdleMs }) =>
      bytesAtHand > 0 && idleMs >= warmIdleMs && accessesPerHour < coldPerHour,
    reason: ({ accessesPerHour, idleMs }, { coldPerHour, warmIdleMs }) =>
      `not used for ${duration(idleMs)} (limit ${duration(warmIdleMs)}), ` +
      `${rate(accessesPerHour)} times an hour (limit ${rate(coldPerHour)})`,
  },
  {
    id: 'pressure',
    to: 'cold',
    origin: { class: 'cold data', trigger: 'cost_optimization' },
    when: 'at hand, among the least valuable ones while more than `warmMegabytes` are at hand, used less than `warmAccessesPerHour` (10) times an hour and not within `hotIdleHours`',
    applies: (facts, policy) => facts.bytesOverBudget !== undefined && mayMakeRoom(facts, policy),
    reason: ({ bytesOverBudget = 0, idleMs }, { warmBytes }) =>
      `${megabytes(bytesOverBudget)} more than ${megabytes(warmBytes)} are at hand; ` +
      `not used for ${duration(idleMs)}, it is among the least valuable`,
  },
];

/** Moves that something else than the table begins, by the id they have in the ledger. */
export const EVENT_RULES = {
  opened: {
    id: 'opened',
    to: 'warm',
    origin: { class: 'hot data', trigger: 'low_latency_required' },
    when: 'an archived session is opened',
  },
  imported: {
    id: 'imported',
    to: 'cold',
    origin: { class: 'cold data', trigger: 'low_access' },
    when: 'a file is imported that its agent has not changed for `warmIdleDays` (7 days)',
  },
  asked: {
    id: 'asked',
    to: 'any',
    origin: undefined,
    when: 'a person or an extension asks for it',
  },
} as const satisfies Record<
  string,
  {
    readonly id: string;
    readonly to: string;
    readonly when: string;
    readonly origin?: Origin | undefined;
  }
>;

/** The first rule that applies; `undefined` when none does. */
export function ruleFor<Facts, Target>(
  rules: readonly RuleOf<Facts, Target>[],
  facts: Facts,
  policy: StoragePolicy,
): RuleOf<Facts, Target> | undefined {
  return rules.find((rule) => rule.applies(facts, policy));
}

/** True for records that may be archived early when too much is at hand. */
export function mayMakeRoom(
  { bytesAtHand, critical, accessesPerHour, idleMs }: RecordFacts,
  { warmPerHour, hotIdleMs }: StoragePolicy,
): boolean {
  return bytesAtHand > 0 && !critical && accessesPerHour < warmPerHour && idleMs >= hotIdleMs;
}

/**
 * How much it is worth to have records at hand, per byte: use now, and use that may come back,
 * which halves every week, against the room they take. The least valuable go first.
 */
export function valueOf({ accessesPerHour, idleMs, bytesAtHand }: RecordFacts): number {
  return (accessesPerHour + 2 ** (-idleMs / (7 * DAY_MS))) / (1 + bytesAtHand / 1e6);
}

/** Accesses per hour some time later: they fade by e per hour. */
export function decayed(accessesPerHour: number, elapsedMs: number): number {
  // A clock that went backwards must not make the past look busier.
  return accessesPerHour * Math.exp(-Math.max(0, elapsedMs) / HOUR_MS);
}

/** Limits that contradict each other would have sessions move to and fro. */
export function consistent(policy: StoragePolicy): StoragePolicy {
  const coldPerHour = Math.max(0, policy.coldPerHour);
  const warmPerHour = Math.max(coldPerHour, policy.warmPerHour);
  const hotIdleMs = Math.max(0, policy.hotIdleMs);
  return {
    ...policy,
    coldPerHour,
    warmPerHour,
    hotPerHour: Math.max(warmPerHour, policy.hotPerHour),
    hotIdleMs,
    warmIdleMs: Math.max(hotIdleMs, policy.warmIdleMs),
    warmBytes: Math.max(0, policy.warmBytes),
    temporaryMs: Math.max(0, policy.temporaryMs),
    trashMs: Math.max(0, policy.trashMs),
  };
}

/** A length of time in its largest unit. */
export function duration(ms: number): string {
  const [amount, unit] =
    ms >= DAY_MS
      ? [ms / DAY_MS, 'day']
      : ms >= HOUR_MS
        ? [ms / HOUR_MS, 'hour']
        : [ms / 60_000, 'minute'];
  const whole = Math.floor(amount);
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

function rate(perHour: number): string {
  return String(Math.round(perHour * 10) / 10);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e5) / 10} MB`;
}
