/** An inspection for people: a heading and aligned lines. */
import type { Inspection } from './inspection.ts';

const MAX_LISTED = 10;

export function describe(inspection: Inspection): string {
  const { path, agent } = inspection;
  if (agent === null) return `${path}\n${line('note', inspection.problems[0]?.message ?? '')}\n`;
  const { activeBranch: active } = inspection;
  return [
    path,
    line('title', inspection.title ?? '(not listed by the agent)'),
    line('session', `${inspection.nativeId ?? ''}, ${agent}`),
    line('project', inspection.project ?? '(not recorded)'),
    line('messages', messages(inspection)),
    line('tokens', tokens(inspection)),
    line('models', inspection.models.join(', ') || '(none)'),
    ...listed('branch', inspection.branches.map(branch)),
    ...(active ? [line('active', activeText(active))] : []),
    ...listed(
      'problem',
      inspection.problems.map((problem) => `line ${problem.line}: ${problem.message}`),
    ),
    '',
  ].join('\n');
}

function activeText(active: NonNullable<Inspection['activeBranch']>): string {
  const { length, user, assistant, first, leaf } = active;
  return `${count(length)} records, ${user} user, ${assistant} assistant, ${first ?? 'nothing'} to ${leaf ?? 'nothing'}`;
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(9)} ${text}`;
}

function listed(label: string, texts: readonly string[]): string[] {
  const shown = texts
    .slice(0, MAX_LISTED)
    .map((text, index) => line(index === 0 ? label : '', text));
  const rest = texts.length - shown.length;
  return rest > 0 ? [...shown, line('', `and ${rest} more`)] : shown;
}

function messages(inspection: Inspection): string {
  const { user, assistant, tools } = inspection;
  return `${count(inspection.messages)}: ${count(user)} user, ${count(assistant)} assistant, ${count(tools)} tool calls`;
}

function tokens({ tokens: used }: Inspection): string {
  return `${count(used.input)} in, ${count(used.output)} out, ${count(used.cacheRead)} cache read, ${count(used.cacheWrite)} cache write`;
}

function branch({ forkPoint, leaf, messages: length }: Inspection['branches'][number]): string {
  const from = forkPoint === null ? '' : `, forked after ${forkPoint}`;
  return `${count(length)} messages to ${leaf ?? '(no id)'}${from}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
