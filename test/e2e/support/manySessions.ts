/** A few hundred short sessions with something to say, for searching and for the storage panel. */
import type { Sandbox } from '../../../scripts/lib/sandbox.ts';
import { text, Transcript } from '../../../scripts/lib/samples/transcript.ts';
import { writeSession } from './claudeFiles.ts';

const SUBJECTS = [
  ['Retry failed uploads', 'upload', 'exponential backoff with jitter'],
  ['Cache thumbnails on disk', 'thumbnail', 'an LRU bounded by bytes'],
  ['Speed up the nightly build', 'build', 'incremental compilation'],
  ['Rotate the signing keys', 'key', 'two keys valid at a time'],
  ['Paginate the audit log', 'log', 'a cursor instead of an offset'],
  ['Drop the legacy parser', 'parser', 'a feature flag for one release'],
] as const;
const USAGE = { input: 900, output: 120 };

/** Writes them in two projects, all of the last days, so that none of them is due to be archived. */
export function writeManySessions(sandbox: Sandbox, count: number): void {
  for (let number = 1; number <= count; number++) {
    const [title, thing, answer] = SUBJECTS[number % SUBJECTS.length] ?? SUBJECTS[0];
    const project = number % 2 === 0 ? 'media-service' : 'admin-console';
    const started = new Date(Date.now() - (number + 6) * 600_000);
    const session = new Transcript(`${title} ${number}`, `/code/${project}`, started, 'claude-x');
    session.prompt(`${title}, part ${number}`);
    for (let turn = 1; turn <= 12; turn++) {
      session.answer(
        [text(`Step ${turn}: the ${thing} of part ${number} is looked at first.`)],
        USAGE,
      );
      session.prompt(
        turn === 6 ? `Why not ${answer} for part ${number}?` : `Go on with ${thing} ${turn}.`,
      );
    }
    writeSession(sandbox, `-code-${project}`, session);
  }
}
