/** What is said before anything is read. */
import { describe, expect, it } from 'vitest';
import type { AgentSurvey } from '../../../src/core/sessionStore.ts';
import {
  agentDetails,
  agentItem,
  agentSentence,
  budgetChoices,
  foundDescription,
  undecided,
  viewMessage,
} from '../../../src/ui/consent/consentText.ts';
import { NOW, survey } from './support.ts';

describe('consent', () => {
  it('says how much there is and what keeping it takes', () => {
    expect(agentSentence(survey())).toBe(
      'Claude Code: 214 files, 1.2 GB; the store will take about 300 MB and 40 s.',
    );
  });

  it('says that nothing was read and nothing leaves the machine', () => {
    expect(viewMessage([survey()])).toBe(
      'Claude Code: 214 files, 1.2 GB; the store will take about 300 MB and 40 s. ' +
        'Nothing has been read yet. The files stay where they are and nothing leaves this machine.',
    );
  });

  it('counts minutes, single files and small sizes as people do', () => {
    const one = survey({
      files: 1,
      bytes: 900,
      estimatedStoreBytes: 12_345,
      estimatedSeconds: 600,
    });
    expect(agentSentence(one)).toBe(
      'Claude Code: 1 file, 900 B; the store will take about 12.3 KB and 10 min.',
    );
    expect(foundDescription(survey({ files: 0 }))).toBe('nothing found');
  });

  it('says of an agent without files that there is nothing, and not what keeping that takes', () => {
    const { description, picked } = agentItem(survey({ files: 0, bytes: 0 }), 0);
    expect([description, picked]).toEqual(['nothing found', false]);
    expect(agentItem(survey(), 0).description).toBe(
      '214 files · 1.2 GB · the store will take about 300 MB and 40 s',
    );
  });

  it('checks what is there and was not refused, and what was allowed also while it is away', () => {
    const checked = (given: Partial<AgentSurvey>) => agentItem(survey(given), 0).picked;
    expect([checked({}), checked({ consent: 'declined' })]).toEqual([true, false]);
    expect([checked({ consent: 'granted' }), checked({ consent: 'granted', files: 0 })]).toEqual([
      true,
      true,
    ]);
  });

  it('asks only about histories that are there and undecided', () => {
    const open = survey({ agent: 'open' });
    const all = [
      open,
      survey({ agent: 'empty', files: 0 }),
      survey({ agent: 'yes', consent: 'granted' }),
      survey({ agent: 'no', consent: 'declined' }),
    ];
    expect(undecided(all)).toEqual([open]);
  });

  it('offers parts of a large history, each with what it takes', () => {
    const choices = budgetChoices(
      survey({
        files: 2000,
        bytes: 70e9,
        estimatedStoreBytes: 35e9,
        estimatedSeconds: 7000,
        byAge: [
          { days: 7, files: 0, bytes: 0 },
          { days: 30, files: 100, bytes: 7e9 },
          { days: 90, files: 100, bytes: 7e9 },
          { days: 365, files: 2000, bytes: 70e9 },
        ],
      }),
    );
    expect(choices.map(({ label, budget }) => [label, budget])).toEqual([
      ['Everything', undefined],
      ['The last 30 days', { days: 30 }],
      ['The newest 1 GB', { bytes: 1e9 }],
      ['The newest 5 GB', { bytes: 5e9 }],
      ['The newest 20 GB', { bytes: 20e9 }],
    ]);
    expect(choices[1]?.description).toBe(
      '100 files · 7 GB · the store will take about 3.5 GB and 12 min',
    );
  });

  it('names the folders, as plain lines', () => {
    const details = agentDetails(survey({ roots: ['/a', '/b\n[x](command:y)'] }), NOW);
    expect(details).toBe('/a\n/b [x](command:y)\nnewest from 1 h ago');
  });
});
