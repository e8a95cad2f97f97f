/** The doctor's report says the verdict first and lets nothing foreign become a construct. */
import { describe, expect, it } from 'vitest';
import type { DoctorFinding, DoctorReport } from '../../../src/core/storage.ts';
import { doctorReportToMarkdown } from '../../../src/export/doctorReport.ts';

const finding: DoctorFinding = {
  area: 'archive',
  severity: 'damage',
  what: 'A member cannot be read',
  where: 'archive/0001.cgz, byte 12',
  effect: 'Messages of one session are missing.',
  remedy: 'They were read again from the agent’s file.',
  repaired: true,
  sessionIds: ['s1'],
};
const report: DoctorReport = {
  startedAt: Date.UTC(2026, 10, 22, 9, 30),
  endedAt: Date.UTC(2026, 10, 22, 9, 30, 2),
  repair: true,
  cancelled: false,
  checked: [{ area: 'records', items: 12_345, bytes: 4_200_000 }],
  findings: [],
};

describe('the report', () => {
  it('says that all is well, when, and what was looked at', () => {
    const text = doctorReportToMarkdown(report);
    expect(text).toContain('**Everything that was looked at is in order.**');
    expect(text).toContain('Checked and repaired, 2026-11-22 09:30:00 UTC, 2 s.');
    expect(text).toContain('| Records | 12,345 | 4.2 MB |');
  });

  it('puts damage before faults and notes, and says what was done', () => {
    const text = doctorReportToMarkdown({
      ...report,
      findings: [
        { ...finding, severity: 'note', what: 'A note', repaired: false },
        { ...finding, severity: 'fault', what: 'A fault', repaired: false },
        finding,
      ],
    });
    expect(text).toContain('**2 problems found, 1 mended.** 1 problem could not be mended');
    expect(text.match(/^## .*$/gm)).toEqual([
      '## Damage (1)',
      '## Faults (1)',
      '## Notes (1)',
      '## What was looked at',
    ]);
    expect(text).toContain('- Mended: They were read again');
    expect(text).toContain('- Where: archive/0001.cgz, byte 12');
  });

  it('does not call a check that was stopped a clean one', () => {
    expect(doctorReportToMarkdown({ ...report, cancelled: true })).toContain('stopped before');
  });

  it('escapes what comes from files', () => {
    const text = doctorReportToMarkdown({
      ...report,
      findings: [{ ...finding, where: '[x](command:evil) <b>\n# y', what: '`a` | _b_' }],
    });
    expect(text).toContain('\\[x\\](command:evil) \\<b\\> \\# y');
    expect(text).toContain('\\`a\\` \\| \\_b\\_');
  });
});
