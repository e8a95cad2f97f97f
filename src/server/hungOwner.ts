/**
 * Ends an owner that hangs, when a person asks for it. What it acknowledged is on disk, and the
 * system drops its lock, so another window takes over as after any other death.
 */
import { contactOwner } from './clientSide.ts';
import { readOwnerRecord } from './ownerRecord.ts';
import { processStart } from './processIdentity.ts';

/** False when there is no other owner, when it answers within the time, or cannot be told for sure. */
export async function endHungOwner(
  storePath: string,
  { timeoutMs, onProblem }: { timeoutMs: number; onProblem: (message: string) => void },
): Promise<boolean> {
  const record = await readOwnerRecord(storePath);
  if (record === undefined || record.pid === process.pid) return false;
  const contact = await contactOwner(record, { timeoutMs, onProblem });
  if (contact.kind === 'linked') contact.link.dispose();
  // Somebody holds its socket open and says nothing: it is alive and hangs.
  if (contact.kind !== 'silent') return false;
  if (record.started !== undefined && processStart(record.pid) !== record.started) return false;
  onProblem(`Ending the process ${record.pid}, which owns the store and does not answer.`);
  process.kill(record.pid, 'SIGKILL');
  return true;
}
