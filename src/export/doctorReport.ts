/**
 * The store doctor's report as Markdown, to be read by a person: first whether anything is wrong,
 * then each finding with what is noticed of it and what to do, then what was looked at.
 */
import type { DoctorArea, DoctorFinding, DoctorReport } from '../core/storage.ts';
import { escapeInline, oneLine } from './markdown.ts';

const AREAS: Readonly<Record<DoctorArea, string>> = {
  database: 'Database',
  records: 'Records',
  archive: 'Archive',
  blobs: 'Large records',
  lineage: 'Forks and parents',
  catalogue: 'Catalogue',
  index: 'Search index',
  facts: 'Log of your own sessions',
  copies: 'Second copies',
  files: 'Files',
};
const SEVERITIES: Readonly<Record<DoctorFinding['severity'], string>> = {
  damage: 'Damage',
  fault: 'Fault',
  note: 'Note',
};

export function doctorReportMarkdown(report: DoctorReport): string {
  const { findings, checked, cancelled, startedAt, endedAt, repair } = report;
  const sorted = [...findings].sort((a, b) => rank(a) - rank(b));
  const seconds = Math.max(0, (endedAt - startedAt) / 1000);
  return [
    '# Store doctor',
    '',
    `**${summaryOf(report)}**`,
    '',
    `${new Date(startedAt).toISOString()}, ${seconds.toFixed(1)} s, ` +
      (repair ? 'with repair.' : 'without repair: nothing was changed.'),
    ...(cancelled ? ['', 'It was cancelled: what follows is what was found until then.'] : []),
    ...(sorted.length > 0 ? ['', '## Findings', ''] : []),
    ...sorted.flatMap(findingLines),
    '## What was looked at',
    '',
    '| area | items | size |',
    '| --- | ---: | ---: |',
    ...checked.map(({ area, items, bytes }) => `| ${AREAS[area]} | ${items} | ${sizeOf(bytes)} |`),
    '',
  ].join('\n');
}

/** One sentence for the person: whether anything is wrong. */
export function summaryOf({ findings, cancelled }: DoctorReport): string {
  const problems = findings.filter(({ severity }) => severity !== 'note');
  const mended = problems.filter(({ repaired }) => repaired).length;
  const notes = findings.length - problems.length;
  const told = notes === 0 ? '' : `, ${counted(notes, 'note')}`;
  if (problems.length === 0) {
    return cancelled
      ? `Nothing wrong was found until it was cancelled${told}.`
      : `Everything is in order${told}.`;
  }
  const how = mended === problems.length ? 'all mended' : `${mended} mended`;
  return `${counted(problems.length, 'problem')}, ${how}${told}.`;
}

function findingLines(finding: DoctorFinding): string[] {
  const { area, severity, what, where, effect, remedy, repaired } = finding;
  const state = severity === 'note' ? '' : repaired ? ' (mended)' : ' (not mended)';
  return [
    `### ${SEVERITIES[severity]}: ${AREAS[area]}${state}`,
    '',
    plain(what),
    '',
    ...(where === undefined ? [] : [`- Where: ${plain(where)}`]),
    `- Effect: ${plain(effect)}`,
    `- ${repaired ? 'Done' : 'To do'}: ${plain(remedy)}`,
    '',
  ];
}

/** Damage that stays first, notes last. */
function rank({ severity, repaired }: DoctorFinding): number {
  const order = { damage: 0, fault: 2, note: 4 };
  return order[severity] + (repaired ? 1 : 0);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function sizeOf(bytes: number): string {
  if (bytes === 0) return '';
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Titles come from transcripts: nothing in them may be taken for Markdown. */
function plain(text: string): string {
  return escapeInline(oneLine(text));
}
