/**
 * Sessions handed on to an agent as a new session file. What is written is noted before it is, so
 * that a request that is repeated after a crash finishes what it began and writes nothing twice.
 */
import { rm } from 'node:fs/promises';
import * as v from 'valibot';
import type { Agent } from '../../agents/agent.ts';
import { agentById, AGENTS } from '../../agents/agents.ts';
import type { AgentWriter } from '../../agents/writer.ts';
import { MultipathError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { ResumedSession, ResumeOperations, ResumeOptions } from '../../core/resuming.ts';
import { cutOf, type Cut } from '../../store/cuts.ts';
import { number } from '../../store/database.ts';
import type { Resume } from '../../store/resumes.ts';
import type { SessionPosition } from '../../store/transcripts.ts';
import { forkFile, type ForkFile } from '../agentFiles/forkFile.ts';
import { cutPath, type CutPath } from '../agentFiles/forkSource.ts';
import { exists, partOf, writeNewFile } from '../agentFiles/newFile.ts';
import { agentOfLog } from '../agentFiles/restore.ts';
import { folderFor } from '../agentFiles/sessionFolder.ts';
import { type OperationContext, parser } from './context.ts';
import { RequestQueue } from './requestQueue.ts';

type WritingAgent = Agent & { readonly writer: AgentWriter };

interface Prepared {
  readonly agent: WritingAgent;
  readonly nativeId: string;
  /** When the file is said to be written. */
  readonly time: number;
  readonly cut: Cut;
  readonly path: CutPath;
  readonly file: ForkFile;
  readonly folder: string;
  readonly folderExists: boolean;
}

const resumeOutcome = parser(
  v.looseObject({
    agent: v.string(),
    label: v.string(),
    nativeId: v.string(),
    path: v.string(),
    bytes: v.number(),
    atMessage: v.number(),
    movedBecause: v.exactOptional(v.string()),
    folder: v.string(),
    command: v.object({ program: v.string(), args: v.array(v.string()) }),
    website: v.string(),
    notes: v.array(v.string()),
  }),
);

export function resumeOperations(
  context: OperationContext,
): Omit<ResumeOperations, 'promptOf' | 'restoreToAgent'> {
  const { core, importer, now } = context;
  const { catalogue, commits, outlines, requests, resumes, transcripts, database } = core;
  const running = new RequestQueue();

  /** The message that a file was cut at. */
  function indexOf({ forkLog, forkSeq }: Resume): number | undefined {
    const log = database.get('SELECT num FROM log WHERE id = ?', [forkLog]);
    return log && outlines.locateAnchor(number(log, 'num'), forkSeq)?.index;
  }

  /** pi keeps nothing of a session without an answer: such a cut moves to the first answer. */
  function withAnswer(position: SessionPosition, agent: WritingAgent, cut: Cut): Cut {
    if (agent.writer.needsAnswer !== true) return cut;
    const { log, branch } = position;
    const isAnswer = (entry: { readonly role: string; readonly open?: boolean }): boolean =>
      entry.role === 'assistant' && entry.open !== true;
    const before = outlines.entries(log, branch, 0, cut.at + 1);
    if (before.some(({ entry }) => entry.role === 'assistant')) return cut;
    const after = outlines.entries(log, branch, cut.at + 1, transcripts.total(position));
    const next = after.findIndex(({ entry }) => isAnswer(entry));
    if (next === -1) {
      throw new MultipathError(
        'invalid-fork-point',
        `${agent.label} keeps nothing of a session that has no answer yet. Copy the conversation as a prompt instead.`,
      );
    }
    const at = cut.at + 1 + next;
    return {
      at,
      movedBecause: `${agent.label} keeps nothing of a session that has no answer yet. It was cut after message ${at + 1} instead.`,
    };
  }

  async function prepare(
    sessionId: string,
    options: ResumeOptions,
    known?: Resume,
  ): Promise<Prepared> {
    commits.settle();
    const agent = writingAgent(options.agent);
    const session = catalogue.get(sessionId);
    const position = context.position(sessionId);
    // What was begun is finished as it was, also where the session has grown since.
    const wanted = (known && indexOf(known)) ?? options.atMessage;
    const cut = withAnswer(position, agent, cutOf(outlines, position, wanted));
    const { folder, isSame, isThere } = await folderFor(database, sessionId, options.folder);
    const target = { agent: agent.id, joinsParts: agent.writer.joinsParts === true };
    const cutFrom = await cutPath(core, position, cut.at + 1, target);
    const time = known?.createdAt ?? now();
    const nativeId = known?.nativeId ?? agent.writer.newId(time);
    const [root] = importer.rootsOf(agent.id);
    if (root === undefined) {
      throw new MultipathError('bad-request', `No folder of ${agent.label} is known.`);
    }
    const file = await forkFile(
      agent,
      cutFrom,
      {
        id: nativeId,
        now: time,
        cwd: folder,
        sameFolder: isSame,
        title: `${session.title} (fork)`,
        lineage: {
          agent: session.origin?.agent ?? 'multipath',
          session: session.origin?.nativeId ?? sessionId,
          messages: cut.at + 1,
        },
      },
      root,
    );
    return { agent, nativeId, time, cut, path: cutFrom, file, folder, folderExists: isThere };
  }

  function resultOf({ agent, nativeId, cut, file, folder }: Prepared): ResumedSession {
    return {
      agent: agent.id,
      label: agent.label,
      nativeId,
      path: file.path,
      bytes: file.bytes,
      atMessage: cut.at,
      ...(cut.movedBecause !== undefined && { movedBecause: cut.movedBecause }),
      folder,
      command: agent.writer.resume(nativeId, file.path),
      website: agent.writer.website,
      notes: file.notes,
    };
  }

  async function resume(
    sessionId: string,
    options: ResumeOptions,
    requestId: string,
  ): Promise<ResumedSession> {
    const done = requests.outcome(requestId, resumeOutcome);
    if (done) return done;
    await sweep();
    const known = resumes.ofRequest(requestId);
    const prepared = await prepare(sessionId, options, known);
    if (!prepared.folderExists) {
      throw new MultipathError(
        'bad-request',
        `The folder ${prepared.folder} is not there. Choose the folder to go on in.`,
      );
    }
    const { nativeId, file, path: cut, agent } = prepared;
    if (!known) {
      database.transaction(() =>
        resumes.add({
          nativeId,
          agent: agent.id,
          path: file.path,
          sessionId,
          forkLog: cut.anchor.logId,
          forkSeq: cut.anchor.seq,
          messages: file.messages,
          records: file.lineCount,
          requestId,
          createdAt: prepared.time,
        }),
      );
      await commits.durable();
    }
    // Noted and there: the answer to an earlier attempt was lost.
    if (!known || !(await exists(file.path))) await write(prepared);
    const outcome = await requests.once(
      requestId,
      () => {
        resumes.written(nativeId);
        return resultOf(prepared);
      },
      resumeOutcome,
    );
    core.access.record(sessionId);
    return outcome;
  }

  async function write({ nativeId, file }: Prepared): Promise<void> {
    try {
      await writeNewFile(file.path, file.content());
    } catch (error) {
      database.transaction(() => resumes.remove(nativeId));
      await commits.durable();
      throw error;
    }
  }

  /** Removes what a crash left of files that were never whole; no agent reads it. */
  async function sweep(): Promise<void> {
    if (running.size > 1) return;
    for (const unfinished of resumes.unfinished()) await rm(partOf(unfinished), { force: true });
  }

  return {
    listResumeTargets: (sessionId) =>
      context.read(() => {
        const origin = agentOfSession(sessionId);
        return AGENTS.filter(canWrite)
          .map(({ id, label }) => ({ agent: id, label, isOrigin: id === origin }))
          .sort((a, b) => Number(b.isOrigin) - Number(a.isOrigin));
      }),
    planResume: async (sessionId, options) => {
      const prepared = await prepare(sessionId, options);
      const { file, folderExists } = prepared;
      return {
        ...resultOf(prepared),
        folderExists,
        lineCount: file.lineCount,
        lines: file.preview,
      };
    },
    resumeInAgent: async (sessionId, options) => {
      context.mustWrite();
      const requestId = options.requestId ?? newId();
      return running.run(requestId, () => resume(sessionId, options, requestId));
    },
  };

  /** The agent that said the first message. */
  function agentOfSession(sessionId: string): string {
    const { log, branch } = context.position(sessionId);
    const [first] = outlines.entries(log, branch, 0, 1);
    return agentOfLog(core, first?.log ?? log);
  }
}

function canWrite(agent: Agent): agent is WritingAgent {
  return agent.writer !== undefined;
}

/** @throws MultipathError `bad-request` */
function writingAgent(id: string): WritingAgent {
  const agent = agentById(id);
  if (agent && canWrite(agent)) return agent;
  const labels = AGENTS.filter(canWrite).map(({ label }) => label);
  throw new MultipathError(
    'bad-request',
    `No session can be written for ${agent?.label ?? id}. Choose ${labels.join(', ')}, or copy the conversation as a prompt.`,
  );
}
