/**
 * Sessions handed back to the agent that deleted them: the bytes it had, where it had them. A request
 * that is repeated writes nothing twice.
 */
import * as v from 'valibot';
import { agentById } from '../../agents/agents.ts';
import { MultipathError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { ResumeOperations } from '../../core/resuming.ts';
import { agentOfLog, lostFile, writeBack } from '../agentFiles/restore.ts';
import { folderFor } from '../agentFiles/sessionFolder.ts';
import { type OperationContext, parser } from './context.ts';
import { RequestQueue } from './requestQueue.ts';

const restoreOutcome = parser(
  v.looseObject({
    path: v.string(),
    bytes: v.number(),
    command: v.exactOptional(v.object({ program: v.string(), args: v.array(v.string()) })),
    folder: v.string(),
    notes: v.array(v.string()),
  }),
);

const begunAt = parser(v.object({ target: v.string() }));

export function restoreOperations(
  context: OperationContext,
): Pick<ResumeOperations, 'restoreToAgent'> {
  const { core, importer } = context;
  const { catalogue, requests } = core;
  const running = new RequestQueue();
  return {
    restoreToAgent: async (sessionId, { requestId = newId() } = {}) => {
      context.mustWrite();
      return running.run(requestId, async () => {
        const done = requests.outcome(requestId, restoreOutcome);
        if (done) return done;
        const log = originLog(context, sessionId);
        const agent = agentById(agentOfLog(core, log));
        if (!agent) throw new MultipathError('not-found', 'No agent wrote this session.');
        // Noted before it is written, so that this request knows its own file again.
        const noted = `${requestId}/begun`;
        const begun = requests.outcome(noted, begunAt)?.target;
        const lost = await lostFile(core, log, agent, importer.rootsOf(agent.id), begun);
        if (begun === undefined)
          await requests.once(noted, () => ({ target: lost.target }), begunAt);
        const bytes = await writeBack(core, lost);
        const { folder } = await folderFor(core.database, sessionId);
        const { nativeId = '' } = catalogue.get(sessionId).origin ?? {};
        const command = agent.writer?.resume(nativeId, lost.target);
        const outcome = await requests.once(
          requestId,
          () => ({
            path: lost.target,
            bytes,
            ...(command && { command: { program: command.program, args: [...command.args] } }),
            folder,
            notes: [...lost.notes],
          }),
          restoreOutcome,
        );
        context.announce(catalogue.sharingLog(lost.log));
        return outcome;
      });
    },
  };
}

/** The agent's log that a session is in, or was forked from. */
function originLog(context: OperationContext, sessionId: string): number {
  const { core } = context;
  const { log, branch } = context.position(sessionId);
  const spans = core.outlines.spans(log, branch);
  const own = spans.findLast((span) => agentById(agentOfLog(core, span.log)) !== undefined);
  return own?.log ?? log;
}
