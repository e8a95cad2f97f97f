/**
 * Reports of the store doctor as documents. The last ones are kept with the extension's state, so
 * that an open report is still there after the window is reloaded.
 */
import { commands, Uri, window, type ExtensionContext } from 'vscode';
import * as v from 'valibot';
import type { DoctorReport } from '../core/storage.ts';
import { DOCUMENT_SCHEME } from './contributions.ts';

/** Writes a report as Markdown. */
export type WriteReport = (report: DoctorReport) => string;

const KEY = 'doctorReports';
const KEPT = 3;
/** A longer report, in characters, lives as long as the window: the state is no place for it. */
const MOST_KEPT = 200_000;

const schema = v.array(v.object({ at: v.number(), text: v.string() }));
type Kept = v.InferOutput<typeof schema>;

export class DoctorReports {
  readonly #state: ExtensionContext['globalState'];
  readonly #write: WriteReport;
  readonly #texts = new Map<number, string>();

  constructor({ globalState }: ExtensionContext, write: WriteReport) {
    this.#state = globalState;
    this.#write = write;
  }

  /** Opens the report in an editor. */
  async show(report: DoctorReport): Promise<void> {
    const at = report.startedAt;
    const text = this.#write(report);
    this.#texts.set(at, text);
    if (text.length <= MOST_KEPT) {
      const others = this.#kept().filter((one) => one.at !== at);
      await this.#state.update(KEY, [{ at, text }, ...others].slice(0, KEPT));
    }
    try {
      await commands.executeCommand('markdown.showPreview', doctorUri(at));
    } catch {
      // The built-in Markdown extension can be switched off; the source can be read as well.
      await window.showTextDocument(doctorUri(at), { preview: false });
    }
  }

  /** The report that began then, in milliseconds; `undefined` once it was not kept. */
  find(at: number): string | undefined {
    return this.#texts.get(at) ?? this.#kept().find((one) => one.at === at)?.text;
  }

  #kept(): Kept {
    const parsed = v.safeParse(schema, this.#state.get(KEY));
    return parsed.success ? parsed.output : [];
  }
}

function doctorUri(at: number): Uri {
  return Uri.from({ scheme: DOCUMENT_SCHEME, path: `/doctor/${at}/Store Doctor.md` });
}
