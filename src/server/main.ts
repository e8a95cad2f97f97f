/** The session server's process: a language server over node IPC (or `--stdio`). */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { openLocalStore } from './openLocalStore.ts';
import { runSessionServer } from './server.ts';

// Bundled, the workers' scripts stand beside this one; run from the sources, so do their sources.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'cjs';
const scriptOf = (worker: string): URL => new URL(`${worker}.worker.${extension}`, import.meta.url);

runSessionServer(createConnection(ProposedFeatures.all), {
  openStore: ({ storePath, agentRoots, hotBytes, version, storage, prices }, { readOnly }, log) =>
    openLocalStore({
      storePath,
      agentRoots,
      hotBytes,
      readOnly,
      ...(version !== undefined && { version }),
      ...(storage && { policy: storage }),
      ...(prices && { prices }),
      workerFile: scriptOf('import'),
      searchWorkerFile: scriptOf('search'),
      live: true,
      log,
    }),
});
