/**
 * The store doctor's report as Markdown: the verdict first, then what was found, the worst first,
 * then what was looked at. Whatever comes from files or titles is escaped.
 */
import type { DoctorArea, DoctorFinding, DoctorReport } from '../core/storage.ts';

const AREAS: Readonly<Record<DoctorArea, string>> = {
  database: 'Database',
  records: 'Records',
  archive: 'Archive',
  blobs: 'Large records',
  lineage: 'Forks and parents',
  catalogue: 'Catalogue',
  index: 'Search index',
  facts: 'Facts log',
  copies: 'Snapshots',
  files: 'Files',
};

const SEVERITIES = [
  ['damage', 'Damage', 'Something cannot be read.'],
  ['fault', 'Faults', 'Something derived is wrong; what it is derived from is there.'],
  ['note', 'Notes', 'Worth knowing.'],
] as const satisfies readonly (readonly [DoctorFinding['severity'], string, string])[];

/** More sessions than this are counted, not listed. */
const LISTED = 10;

/** Writes the report; times in UTC, sizes in decimal units. */
export function doctorReportToMarkdown(report: DoctorReport): string {
  const { findings, checked } = report;
  const lines = ['# Store Doctor', '', verdict(report), '', circumstances(report), ''];
  for (const [severity, title, meaning] of SEVERITIES) {
    const found = findings.filter((finding) => finding.severity === severity);
    if (found.length === 0) continue;
    lines.push(`## ${title} (${found.length})`, '', meaning, '');
    for (const finding of found) lines.push(...findingLines(finding), '');
  }
  lines.push('## What was looked at', '');
  if (checked.length === 0) lines.push('Nothing.');
  else {
    lines.push('| Area | Items | Size |', '| --- | ---: | ---: |');
    for (const { area, items, bytes } of checked) {
      lines.push(
        `| ${AREAS[area]} | ${items.toLocaleString('en-US')} | ${bytes === 0 ? '—' : size(bytes)} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function verdict({ findings, repair, cancelled }: DoctorReport): string {
  const wrong = findings.filter(({ severity }) => severity !== 'note');
  const left = wrong.filter(({ repaired }) => !repaired).length;
  const mended = wrong.length - left;
  const end = cancelled ? ' It was stopped before the end: what was not looked at is unknown.' : '';
  if (wrong.length === 0) return `**Everything that was looked at is in order.**${end}`;
  if (left === 0) return `**${count(mended, 'problem')} found and mended.**${end}`;
  const rest = repair
    ? `${count(left, 'problem')} could not be mended; each says below what to do.`
    : 'Nothing was changed: run the doctor again with “Check and repair” to mend what can be mended.';
  return `**${count(wrong.length, 'problem')} found, ${mended} mended.** ${rest}${end}`;
}

function circumstances({ startedAt, endedAt, repair }: DoctorReport): string {
  const at = new Date(startedAt).toISOString().replace('T', ' ').slice(0, 19);
  const seconds = Math.max(0, endedAt - startedAt) / 1000;
  const mode = repair ? 'Checked and repaired' : 'Checked only';
  return `${mode}, ${at} UTC, ${seconds.toLocaleString('en-US', { maximumFractionDigits: 1 })} s.`;
}

function findingLines(finding: DoctorFinding): string[] {
  const { area, what, where, effect, remedy, repaired, sessionIds = [] } = finding;
  const sessions = sessionIds.slice(0, LISTED).map((id) => `\`${id}\``);
  if (sessionIds.length > LISTED) sessions.push(`and ${sessionIds.length - LISTED} more`);
  return [
    `### ${AREAS[area]}: ${escape(what)}`,
    '',
    ...(where === undefined ? [] : [`- Where: ${escape(where)}`]),
    `- What you notice: ${escape(effect)}`,
    `- ${repaired ? 'Mended' : 'What to do'}: ${escape(remedy)}`,
    ...(sessions.length === 0 ? [] : [`- Sessions: ${sessions.join(', ')}`]),
  ];
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`;
}

function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = { maximumFractionDigits: unit === 0 || value >= 100 ? 0 : 1 };
  return `${value.toLocaleString('en-US', digits)} ${units[unit] ?? 'B'}`;
}

/** One line in which nothing is a construct; underscores and dots within words stay readable. */
function escape(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*[\]<>|#~&!]/g, '\\$&')
    .replace(/(^|\W)_|_(\W|$)/g, (found) => found.replace('_', '\\_'));
}
