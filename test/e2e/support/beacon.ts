/** A server on loopback that hears of everything a hostile transcript managed to load or send. */
import { createServer } from 'node:http';

export interface Beacon {
  /** Where an attack phones home, without a slash at the end. */
  readonly address: string;
  /** Paths that were asked for. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function startBeacon(): Promise<Beacon> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the beacon has no port');
  return {
    address: `http://127.0.0.1:${bound.port}`,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}
