/**
 * Which commands a conversation ran, and how they ended: what there is to judge a branch by without
 * asking a model. Agents name their shell differently; a tool that is not known as one runs no
 * command here, so nothing is counted that was not seen.
 */
import type { ToolBlock } from './message.ts';

export interface Command {
  /** On one line, as the agent's transcript shows it. */
  readonly text: string;
  /** `undefined` while it has no result, and while it goes on behind the call that started it. */
  readonly failed: boolean | undefined;
  /** True when it runs a project's tests. */
  readonly isTest: boolean;
}

/** Tools that run a command line, in lower case, by agent: docs/comparison.md has the table. */
const SHELLS: ReadonlySet<string> = new Set([
  'bash', // Claude Code, pi
  'exec_command', // Codex
  'shell',
  'shell_command',
  'local_shell',
  'container.exec',
  'run_shell_command', // Gemini CLI
  'run_in_terminal', // VS Code
  'copilot_runinterminal',
  'runtests',
  'copilot_runtests',
]);

/** Some agents report a command that failed as a result like any other; its text says how it ended. */
const ENDED =
  /^(?:Exit Code:|Exit code:|Process exited with code|Command exited with code|Command failed with exit code) (-?\d+)\b/m;
/** A command that outlives its call: by the name it has from then on. */
const STARTED =
  /^(?:Process running with session ID|Command running in background with ID:) ([\w-]+)/m;
/** How a call that asks after one names it in its arguments, and what it is told in the end. */
const ASKED = /"(?:session_id|bash_id|shell_id|task_id)":\s*"?([\w-]+)/;
const ASKED_ENDED = /^(?:Process exited with code (-?\d+)$|<exit_code>(-?\d+)<\/exit_code>)/m;
/** How much of either end of a result is looked at for that: what lies between is the output. */
const ENDS = 300;

const RUNNERS = [
  String.raw`(?:npm|pnpm|yarn|bun|deno|cargo|go|dotnet|swift|mix|flutter|dart|zig|sbt|lein)(?:\s+run)?(?:\s+-\S+)*\s+(?:test|t|tst|nextest)\b`,
  String.raw`(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?test[:\w-]*`,
  String.raw`(?:\.?[\w./-]*/)?(?:vitest|jest|mocha|ava|pytest|py\.test|tox|nox|rspec|phpunit|ctest|bats|playwright|cypress|karma|gotestsum|unittest)\b`,
  String.raw`(?:\.?[\w./-]*/)?(?:mvnw?|gradlew?)\b[^|;&]*\b(?:test|verify|check)\b`,
  String.raw`(?:make|just|rake|task|bazel|mise)\s+(?:\S+\s+)*?(?:test|check)[\w:-]*`,
];
/** A command begins the line or follows a separator, past environment and what merely starts others. */
const TEST = new RegExp(
  String.raw`(?:^|[;&|(]\s*|&&\s*)(?:\w+=\S*\s+)*(?:(?:npx|bunx|uvx?|poetry|pdm|pipenv|bundle|python3?|node|time|timeout|sudo|env|xvfb-run)(?:\s+(?:run|exec|-m|-\S+|\d+\w?))*\s+)*(?:${RUNNERS.join('|')})`,
  'i',
);

/** The command that a tool call ran; `undefined` for calls that run none. */
export function commandOf(block: ToolBlock): Command | undefined {
  const name = block.name.toLowerCase();
  if (!SHELLS.has(name)) return undefined;
  const text = block.summary;
  return {
    text,
    failed: failedOf(block),
    // Found out only where it is asked: over a long script it takes longer than all the rest.
    get isTest() {
      return name.endsWith('runtests') || TEST.test(text);
    },
  };
}

/** A call that ran a command, with the message it stands in and how the command ended. */
export interface CommandRun {
  readonly call: ToolBlock;
  readonly index: number;
  readonly command: Command;
}

/** Follows commands over the calls of a branch, those too that end in a later call. */
export class CommandRuns {
  readonly #running = new Map<string, Pick<CommandRun, 'call' | 'index'>>();

  /**
   * What a call says of a command: of its own, or how one ended that an earlier call started.
   * @param index of the message that the call stands in
   */
  of(call: ToolBlock, index: number): CommandRun | undefined {
    const command = commandOf(call);
    if (!command) return this.#ended(call);
    const id = command.failed === undefined ? startedIn(call) : undefined;
    if (id !== undefined) this.#running.set(id, { call, index });
    return { call, index, command };
  }

  #ended({ input, result }: ToolBlock): CommandRun | undefined {
    const id = this.#running.size > 0 ? ASKED.exec(input.text)?.[1] : undefined;
    const run = id === undefined ? undefined : this.#running.get(id);
    const ended = ASKED_ENDED.exec(result?.text.slice(0, ENDS) ?? '');
    const command = run && commandOf(run.call);
    if (id === undefined || !ended || !command) return undefined;
    this.#running.delete(id);
    return { ...run, command: { ...command, failed: (ended[1] ?? ended[2]) !== '0' } };
  }
}

function startedIn({ result }: ToolBlock): string | undefined {
  return STARTED.exec(result?.text.slice(0, ENDS) ?? '')?.[1];
}

function failedOf(call: ToolBlock): boolean | undefined {
  const { result } = call;
  if (!result) return undefined;
  if (result.isError) return true;
  if (startedIn(call) !== undefined) return undefined;
  const { text } = result;
  const ended = ENDED.exec(text.slice(0, ENDS)) ?? ENDED.exec(text.slice(-ENDS));
  return ended !== null && ended[1] !== '0';
}
