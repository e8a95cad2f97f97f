/** Counts what a branch's tool calls did: files, commands, tests, errors and repeated attempts. */
import { CommandRuns, type CommandRun } from '../commands.ts';
import type { BranchActions, BranchCommand, RunCounts } from '../comparison.ts';
import { editedFiles, type FileLines, type ToolBlock } from '../message.ts';

/** Command lines that are listed; the others are counted only. */
const MOST_COMMANDS = 500;

export class ActionTally {
  readonly #files = new Map<string, { added: number; removed: number }>();
  readonly #lines = new Map<string, { -readonly [K in keyof BranchCommand]: BranchCommand[K] }>();
  readonly #commands = { passed: 0, failed: 0 };
  readonly #tests = { passed: 0, failed: 0 };
  #lastTest: 'passed' | 'failed' | undefined;
  /** Calls whose last run failed: doing one again is a retry. */
  readonly #failing = new Set<string>();
  readonly #runs = new CommandRuns();
  #toolCalls = 0;
  #retries = 0;
  #errors = 0;

  /** @param index of the message that the call stands in */
  add(block: ToolBlock, index: number): void {
    this.#toolCalls++;
    const run = this.#runs.of(block, index);
    const failed = run ? run.command.failed === true : block.result?.isError === true;
    this.#countRetry(run?.call ?? block, failed);
    if (failed) this.#errors++;
    if (run) this.#run(run);
    // An edit that failed has touched no file.
    if (!failed) for (const file of editedFiles(block)) this.#touch(file);
  }

  /** Errors that tool calls ended in. */
  get errors(): number {
    return this.#errors;
  }

  get files(): readonly FileLines[] {
    return [...this.#files].map(([path, lines]) => ({ path, ...lines }));
  }

  get commands(): { readonly commands: readonly BranchCommand[]; readonly moreCommands?: number } {
    const all = [...this.#lines.values()].map((line) => ({ ...line }));
    const more = all.length - MOST_COMMANDS;
    return { commands: all.slice(0, MOST_COMMANDS), ...(more > 0 && { moreCommands: more }) };
  }

  get actions(): BranchActions {
    const tests: RunCounts = { ...this.#tests };
    return {
      toolCalls: this.#toolCalls,
      retries: this.#retries,
      commands: { ...this.#commands },
      tests,
      ...(this.#lastTest && { lastTest: this.#lastTest }),
    };
  }

  #run({ command: { text, failed, isTest }, index }: CommandRun): void {
    const line = this.#lines.get(text) ?? { text, passed: 0, failed: 0, isTest, index };
    this.#lines.set(text, line);
    line.index = index;
    if (failed === undefined) return;
    const outcome = failed ? 'failed' : 'passed';
    line[outcome]++;
    line.last = outcome;
    this.#commands[outcome]++;
    if (!isTest) return;
    this.#tests[outcome]++;
    this.#lastTest = outcome;
  }

  #countRetry({ name, summary }: ToolBlock, failed: boolean): void {
    const call = `${name}\n${summary}`;
    if (this.#failing.delete(call)) this.#retries++;
    if (failed) this.#failing.add(call);
  }

  #touch({ path, added, removed }: FileLines): void {
    const file = this.#files.get(path);
    if (file) {
      file.added += added;
      file.removed += removed;
    } else this.#files.set(path, { added, removed });
  }
}
