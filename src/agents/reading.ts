/**
 * How well files are understood. Grows with each change of a reader that makes other messages of
 * records that are stored already: those are derived again, once (src/server/upkeep/oldReadings.ts).
 */
interface Reading {
  readonly number: number;
  /** Whose logs it understands better than the one before did. */
  readonly agents: readonly string[];
}

/** Ascending; the last one is in use. */
export const READINGS: readonly Reading[] = [
  // Words that Claude Code's queue gave to the model, commands that a person ran from its prompt;
  // calls that Codex could not carry out.
  { number: 2, agents: ['claude-code', 'codex'] },
];
