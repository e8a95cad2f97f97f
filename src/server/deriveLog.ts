/** Derives a log from its stored records with its agent's reader, as an import does from a file. */
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
  return asReader(agentId, () => encodeLog(reader.finish()));
};

function asReader<T>(agentId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ReaderFailure(agentId, error);
  }
}
