/**
 * Keys of model endpoints, in VS Code's SecretStorage. A key is kept with the origin it was given
 * for: an endpoint whose address changes gets no key that was meant for another.
 */
import * as v from 'valibot';
import type { SecretStorage } from 'vscode';

const PREFIX = 'multipath.modelKey.';
const savedKey = v.object({ origin: v.string(), key: v.string() });

export class ModelKeys {
  readonly #secrets: Pick<SecretStorage, 'get' | 'store' | 'delete' | 'keys'>;

  constructor(secrets: Pick<SecretStorage, 'get' | 'store' | 'delete' | 'keys'>) {
    this.#secrets = secrets;
  }

  /** `undefined` where there is none, or it was given for another address. */
  async get(name: string, baseUrl: string): Promise<string | undefined> {
    const text = await this.#secrets.get(PREFIX + name);
    if (text === undefined) return undefined;
    const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), savedKey), text);
    return success && output.origin === originOf(baseUrl) ? output.key : undefined;
  }

  async set(name: string, baseUrl: string, key: string): Promise<void> {
    await this.#secrets.store(
      PREFIX + name,
      JSON.stringify({ origin: originOf(baseUrl), key: key.trim() }),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#secrets.delete(PREFIX + name);
  }

  /** Names of endpoints that a key is kept for, also of those that are no longer set up. */
  async names(): Promise<string[]> {
    return (await this.#secrets.keys())
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length))
      .sort();
  }
}

function originOf(url: string): string {
  return new URL(url).origin;
}
