/** What there is of each agent, counted by names, sizes and times; no session is opened. */
import type { AgentSurvey, FileCount } from '../../core/sessionStore.ts';
import type { LogFiles } from '../../store/logFiles.ts';
import type { Consent } from './consents.ts';
import { knownByPath } from './knownFiles.ts';
import { planReading } from './plan.ts';
import type { Found, Scan } from './sources.ts';

const DAY_MS = 86_400_000;
const AGES = [7, 30, 90, 365];

/** Bytes per second that are read and taken in: measured by `npm run bench`. */
const BYTES_PER_SECOND = 40e6;
/**
 * Store bytes per byte of history with its search index, measured over recordings of all agents:
 * as it is while it is in use, and packed as it is once it rests.
 */
const WARM_RATIO = 1.5;
const COLD_RATIO = 0.7;
/** Histories that were not written to for longer than this are packed when they come in. */
const WARM_MS = 7 * DAY_MS;

export async function surveyOf(
  scan: Scan,
  roots: readonly string[],
  consent: Consent | undefined,
  files: LogFiles,
  now: number,
): Promise<AgentSurvey> {
  const { agent } = scan;
  const { bytes } = countOf(scan.files);
  const recent = countOf(scan.files.filter((file) => now - file.modifiedAt < WARM_MS)).bytes;
  const granted = consent?.answer === 'granted';
  const over =
    granted && consent.since !== undefined
      ? await overBudget(scan, consent.since, files)
      : undefined;
  // Its settings are the agent's own file: they are read with the person's word only.
  const deletesAfterDays = granted ? shortest(roots, agent.deletesAfterDays) : undefined;
  return {
    agent: agent.id,
    label: agent.label,
    roots,
    files: scan.files.length,
    bytes,
    ...(scan.files.length > 0 && {
      newestAt: scan.files.reduce((newest, file) => Math.max(newest, file.modifiedAt), 0),
    }),
    estimatedStoreBytes: Math.round(recent * WARM_RATIO + (bytes - recent) * COLD_RATIO),
    estimatedSeconds: Math.ceil(bytes / BYTES_PER_SECOND),
    byAge: AGES.map((days) => ({
      days,
      ...countOf(scan.files.filter((file) => now - file.modifiedAt <= days * DAY_MS)),
    })),
    ...(consent && { consent: consent.answer }),
    ...(granted && consent.budget && { budget: consent.budget }),
    ...(over && over.files > 0 && { overBudget: over }),
    ...(deletesAfterDays !== undefined && { deletesAfterDays }),
  };
}

async function overBudget(scan: Scan, since: number, files: LogFiles): Promise<FileCount> {
  const known = await knownByPath(files, scan.agent.id);
  return planReading(scan.files, (path) => known.get(path), { since }).overBudget;
}

/** The shortest time that any of an agent's folders says. */
export function shortest(
  roots: readonly string[],
  daysOf: ((root: string) => number | undefined) | undefined,
): number | undefined {
  const days = roots.flatMap((root) => daysOf?.(root) ?? []);
  return days.length === 0 ? undefined : Math.min(...days);
}

function countOf(files: readonly Found[]): FileCount {
  return { files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}
