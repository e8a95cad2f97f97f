/** Sample sessions about a hiking map: a compaction, and a file with damage in it. */
import { Transcript, text, thinking, toolUse } from './transcript.ts';

const sonnet = 'claude-sonnet-4-5-20250929';
const haiku = 'claude-haiku-4-5-20251001';
const hour = 3_600_000;

/** All of them, for the project at `cwd`, dated back from `now`. */
export function trailSessions(cwd: string, now: Date): Transcript[] {
  const ago = (hours: number): Date => new Date(now.getTime() - hours * hour);
  return [elevation(cwd, ago(150)), offline(cwd, ago(9))];
}

/** Long enough to be compacted once; the model changes after it. */
function elevation(cwd: string, startedAt: Date): Transcript {
  const session = new Transcript('trail elevation', cwd, startedAt, sonnet);
  session.prompt('Show an elevation profile below the map that follows the pointer.');
  for (const [step, file] of ['profile.ts', 'track.ts', 'map.ts', 'pointer.ts'].entries()) {
    session.answer(
      [
        text(`Step ${step + 1}: I read \`${file}\`.`),
        toolUse(`elev_${step}`, 'Read', { file_path: `${cwd}/src/${file}` }),
      ],
      { input: 300 + step, output: 61, cacheRead: 20_000 + step * 1_900 },
    );
    session.results([{ call: `elev_${step}`, text: `     1\t// ${file}\n     2\texport {};` }]);
    session.answer([text(`\`${file}\` has what the profile needs. Carry on?`)], {
      input: 140,
      output: 33,
      cacheRead: 21_200 + step * 1_900,
    });
    session.prompt(step < 3 ? 'Yes, carry on.' : 'Good. Now draw it.');
  }
  session.answer(
    [
      thinking('An SVG path is enough; 500 points at most, so I thin the track first.'),
      text('The profile is one SVG path over at most 500 points, thinned with a fixed step.'),
    ],
    { input: 210, output: 240, cacheRead: 29_400 },
  );
  session.compact(
    'This session is being continued from a previous conversation that ran out of context. Summary: the elevation profile is drawn as one SVG path; still open is the marker that follows the pointer.',
    158_000,
  );
  session.model = haiku;
  session.prompt('Add the marker.');
  session.answer(
    [
      text('The marker moves with the pointer:'),
      toolUse('elev_marker', 'Write', {
        file_path: `${cwd}/src/marker.ts`,
        content: 'export const markerAt = (track: Track, x: number) => track.nearest(x);\n',
      }),
    ],
    { input: 820, output: 187, cacheWrite: 6_300 },
  );
  session.results([{ call: 'elev_marker', text: `File created at: ${cwd}/src/marker.ts` }]);
  session.answer(
    [text('Done. On touch screens it follows the finger and stays where it was lifted.')],
    {
      input: 130,
      output: 52,
      cacheRead: 7_120,
    },
  );
  session.note({ type: 'ai-title', aiTitle: 'Elevation profile below the map' });
  return session;
}

/** A line that is no JSON in the middle, and a last line cut off while it was written. */
function offline(cwd: string, startedAt: Date): Transcript {
  const session = new Transcript('trail offline', cwd, startedAt, sonnet);
  session.prompt('Hikers have no signal. Which tiles should we keep offline?');
  session.answer(
    [
      text(
        'Those within 500 m of the chosen trail, at the zoom levels 12 to 15: about 18 MB a day of hiking.',
      ),
    ],
    { input: 240, output: 88, cacheWrite: 8_120 },
  );
  session.raw('{"type":"user","message":{"role":"user","content":"lost in a crash');
  session.prompt('And when the storage is full?');
  session.answer(
    [text('Drop the trail that was opened longest ago, never the one being walked.')],
    { input: 102, output: 49, cacheRead: 8_360 },
  );
  session.note({ type: 'last-prompt', lastPrompt: 'And when the storage is full?' });
  session.torn('{"parentUuid":"');
  return session;
}
