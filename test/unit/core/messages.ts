/** Messages and sessions for the tests of the core, as short as a test wants to say them. */
import type { ContentBlock, Message, Role, ToolBlock } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';

export function message(
  role: Role,
  content: string | readonly ContentBlock[],
  rest: Partial<Message> = {},
): Message {
  const index = rest.index ?? 0;
  return {
    id: `log:${String(index)}`,
    sessionId: 's',
    index,
    anchor: { logId: 'log', seq: index },
    role,
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    inherited: false,
    metadata: {},
    ...rest,
  };
}

export function tool(name: string, summary: string, rest: Partial<ToolBlock> = {}): ToolBlock {
  return {
    type: 'tool',
    callId: 'call',
    name,
    summary,
    input: { text: `{"of":"${summary}"}` },
    result: { text: 'done', isError: false },
    ...rest,
  };
}

/** A call that has no result yet. */
export function unanswered(name: string, summary: string): ToolBlock {
  return { type: 'tool', callId: 'call', name, summary, input: { text: '{}' } };
}

export function session(id: string, rest: Partial<Session> = {}): Session {
  return {
    id,
    inheritedCount: 0,
    title: id,
    renamed: false,
    createdAt: 0,
    updatedAt: 0,
    lastAccessedAt: 0,
    accessCount: 0,
    accessFrequency: 0,
    estimatedSizeBytes: 0,
    storageTier: 'warm',
    tags: [],
    metadata: {},
    providersUsed: [],
    models: [],
    messageCount: 0,
    ownTokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    totalTokens: 0,
    retentionPolicy: 'standard',
    project: { key: '/p', path: '/p', name: 'p' },
    kind: 'imported',
    forkCount: 0,
    problemCount: 0,
    ...rest,
  };
}
