/** What is said before anything is read. */
import { describe, expect, it } from 'vitest';
import {
  agentDetails,
  agentSentence,
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

  it('names the folders, as plain lines', () => {
    const details = agentDetails(survey({ roots: ['/a', '/b\n[x](command:y)'] }), NOW);
    expect(details).toBe('/a\n/b [x](command:y)\nnewest from 1 h ago');
  });
});
