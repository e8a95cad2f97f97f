/** Messages that no Claude Code wrote, as the fewest records that it goes on from. */
import type { JsonObject } from '../json.ts';
import { derivedUuid, isoTime, type ForkFacts, type ForkSource } from '../writer.ts';

interface SaidContext {
  readonly facts: ForkFacts;
  /** Of Claude Code, as the records around say. */
  readonly version: string;
  readonly gitBranch: string;
}

/** `parent` is the record they hang on. */
export async function* saidLines(
  source: ForkSource,
  { facts, version, gitBranch }: SaidContext,
  parent: string | null,
): AsyncGenerator<JsonObject> {
  const { id, now, cwd } = facts;
  let above = parent;
  let index = 0;
  for await (const { role, text, timestamp, model } of source.said()) {
    const isLast = ++index === source.saidCount;
    const record = (type: string, parentUuid: string | null, more: JsonObject): JsonObject => {
      above = derivedUuid(id, 'said', String(index), type);
      return {
        parentUuid,
        isSidechain: false,
        userType: 'external',
        cwd,
        sessionId: id,
        version,
        gitBranch,
        type,
        ...more,
        uuid: above,
        timestamp: isoTime(isLast ? now : (timestamp ?? now)),
      };
    };
    if (role === 'summary') {
      yield record('system', null, {
        ...(above !== null && { logicalParentUuid: above }),
        subtype: 'compact_boundary',
        content: 'Conversation compacted',
        isMeta: false,
        level: 'info',
        compactMetadata: { trigger: 'manual', preTokens: 0 },
      });
      yield record('user', above, {
        message: { role: 'user', content: text },
        isVisibleInTranscriptOnly: true,
        isCompactSummary: true,
      });
    } else if (role === 'user') {
      yield record('user', above, { message: { role, content: text } });
    } else {
      yield record('assistant', above, {
        message: {
          id: `msg_${derivedUuid(id, 'answer', String(index)).replaceAll('-', '')}`,
          type: 'message',
          role,
          model: model ?? 'unknown',
          content: [{ type: 'text', text }],
          stop_reason: 'end_turn',
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      });
    }
  }
}
