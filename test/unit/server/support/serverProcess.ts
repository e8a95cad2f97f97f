/** A session server process over the fake store; started by `startServer`, which sets its pace. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { runSessionServer } from '../../../../src/server/server.ts';
import type { GatewayTiming } from '../../../../src/server/storeGateway.ts';
import { openFakeStore } from './fakeStore.ts';

runSessionServer(createConnection(ProposedFeatures.all), {
  openStore: ({ storePath }, { readOnly }) => openFakeStore(storePath, readOnly),
  timing: JSON.parse(process.env['MULTIPATH_TEST_TIMING'] ?? '{}') as Partial<GatewayTiming>,
});
