/** The store doctor's report as a person reads it. */
import { describe, expect, it } from 'vitest';
import type { DoctorFinding, DoctorReport } from '../../../src/core/storage.ts';
import { doctorReportMarkdown, summaryOf } from '../../../src/export/doctorReport.ts';

function finding(change: Partial<DoctorFinding>): DoctorFinding {
  return {
    area: 'archive',
    severity: 'damage',
    what: 'A member is damaged.',
    effect: 'Messages 1 to 3 cannot be read.',
    remedy: 'Import it again.',
    repaired: false,
    ...change,
  };
}

function report(
  findings: readonly DoctorFinding[],
  change: Partial<DoctorReport> = {},
): DoctorReport {
  return {
    startedAt: 0,
    endedAt: 1500,
    repair: false,
    cancelled: false,
    checked: [{ area: 'database', items: 12, bytes: 12 * 4096 }],
    findings,
    ...change,
  };
}

describe('the summary', () => {
  it('says in one sentence how things are', () => {
    const note = finding({ severity: 'note' });
    expect(summaryOf(report([]))).toBe('Everything is in order.');
    expect(summaryOf(report([note]))).toBe('Everything is in order, 1 note.');
    expect(summaryOf(report([], { cancelled: true }))).toMatch(/until it was cancelled/);
    const mended = finding({ repaired: true });
    expect(summaryOf(report([finding({}), mended, note]))).toBe('2 problems, 1 mended, 1 note.');
    expect(summaryOf(report([mended]))).toBe('1 problem, all mended.');
  });
});

describe('the report', () => {
  it('begins with the summary, tells the worst first, and ends with what was looked at', () => {
    const text = doctorReportMarkdown(
      report([
        finding({ severity: 'note', what: 'Small.' }),
        finding({ repaired: true, what: 'Mended.' }),
        finding({ what: 'Lost.', where: 'archive segment 3' }),
      ]),
    );
    const order = ['2 problems', 'Lost.', 'archive segment 3', 'Mended.', 'Small.', '| Database |'];
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(text).toContain('nothing was changed');
  });

  it('takes no title for Markdown', () => {
    const text = doctorReportMarkdown(report([finding({ effect: '“[x](command:y) <b>\n# z”' })]));
    expect(text).not.toMatch(/\[x\]\(|<b>|^# z/m);
  });
});
