/** The extension under test, as VS Code knows it. */
import * as vscode from 'vscode';
import type { MultipathApi } from '../../../src/core/api.ts';
import type { Explorer } from '../../../src/core/exploration.ts';
import type { ModelClient } from '../../../src/core/models.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';

/** What the extension exports while it is tested: also what only the person may decide. */
export interface TestApi extends MultipathApi {
  readonly store: SessionStore;
  readonly explorer: () => Promise<Explorer>;
  readonly models: ModelClient;
}

/** Throws where VS Code did not load it, since no host test means anything then. */
export function multipath(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('multipath.multipath');
  if (!extension) throw new Error('Multipath is not loaded in this window');
  return extension;
}

export async function multipathApi(): Promise<TestApi> {
  // The extension's own promise.
  return (await multipath().activate()) as TestApi;
}
