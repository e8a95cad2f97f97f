/**
 * Which user items a person wrote. Codex gives the model more under the same role: instructions,
 * the environment, skills, notes on what happened. Those begin with a tag or a heading of theirs.
 */
import type { JsonObject } from '../json.ts';
import { asArray, asObject, asString } from '../json.ts';

const INJECTED =
  /^\s*(?:<(?:environment_context|user_instructions|permissions|skills?|skills_instructions|turn_aborted|user_action|user_shell_command|subagent_notification|goal_context|collaboration_mode|personality|recommended_plugins|plugins?|apps_instructions|model_switch|realtime_conversation|INSTRUCTIONS)\b[^>]*>|# AGENTS\.md instructions)/;

/** Where an editor put what was typed behind the files it sent along. */
const REQUEST = /## My request for Codex:\s*/;

export function isInjected(text: string): boolean {
  return INJECTED.test(text);
}

/** What the person typed, without what an editor put before it. */
export function typedPart(text: string): string {
  const match = REQUEST.exec(text);
  return (match ? text.slice(match.index + match[0].length) : text).trim();
}

/** The words of an event that tells what the person sent; `undefined` for other events. */
export function promptOf(event: JsonObject): string | undefined {
  if (event['type'] === 'user_message') {
    const message = event['message'];
    return typeof message === 'string' ? message : undefined;
  }
  const item = asObject(event['item']);
  if (event['type'] !== 'item_completed' || item?.['type'] !== 'UserMessage') return undefined;
  return asArray(item['content'])
    .flatMap((part) => asString(asObject(part)?.['text']) ?? [])
    .join('\n');
}
