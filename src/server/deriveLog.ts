/** Derives a log from its stored records with its agent's reader, as an import does from a file. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { agentById } from '../agents/agents.ts';
import { encodeLog } from '../store/encodedLog.ts';
import { ReaderFailure, type DeriveLog } from '../store/doctor/rebuild.ts';

export const deriveLog: DeriveLog = async (agentId, path, records) => {
  const agent = agentById(agentId);
  if (!agent) return undefined;
  const reader = agent.createReader(path);
  let seq = 0;
  for await (const batch of records) {
    asReader(agentId, () => {
      for (const bytes of batch) reader.add(seq++, bytes);
    });
  }
  const derived = asReader(agentId, () => reader.finish());
  // Of a long session either takes tens of milliseconds.
  await nextTurn();
  return encodeLog(derived);
};

function asReader<T>(agentId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ReaderFailure(agentId, error);
  }
}
