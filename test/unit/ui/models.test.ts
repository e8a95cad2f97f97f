/** Where models are asked, and with which keys: settings, secrets, and nothing without trust. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readEndpoints } from '../../../src/ui/models/endpointSettings.ts';
import { ModelKeys } from '../../../src/ui/models/modelKeys.ts';

class Secrets {
  readonly kept = new Map<string, string>();
  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.kept.get(key));
  }
  store(key: string, value: string): Promise<void> {
    this.kept.set(key, value);
    return Promise.resolve();
  }
  delete(key: string): Promise<void> {
    this.kept.delete(key);
    return Promise.resolve();
  }
  keys(): Promise<string[]> {
    return Promise.resolve([...this.kept.keys()]);
  }
}

describe('endpoints in the settings', () => {
  it('are taken with their kind, address and models', () => {
    const { endpoints, problems } = readEndpoints([
      { name: 'ollama', url: 'http://localhost:11434/v1/' },
      { name: 'work', kind: 'anthropic', url: 'https://proxy.example/v1', models: ['a', '', 3] },
      { name: 'mine', kind: 'openai', maxInputTokens: 9000 },
    ]);
    expect(problems).toEqual([]);
    expect(endpoints).toEqual([
      { name: 'ollama', kind: 'openai-compatible', baseUrl: 'http://localhost:11434/v1' },
      { name: 'work', kind: 'anthropic', baseUrl: 'https://proxy.example/v1', models: ['a'] },
      {
        name: 'mine',
        kind: 'openai',
        baseUrl: 'https://api.openai.com/v1',
        maxInputTokens: 9000,
      },
    ]);
  });

  it.each([
    [{}, 'name'],
    [{ name: 'vscode', url: 'http://a/v1' }, 'name'],
    [{ name: 'a/b', url: 'http://a/v1' }, 'name'],
    [{ name: 'a' }, 'url'],
    [{ name: 'a', url: 'file:///etc/passwd' }, 'url'],
    [{ name: 'a', url: 'http://me:secret@a/v1' }, 'password'],
    [{ name: 'a', kind: 'cohere', url: 'http://a/v1' }, 'kind'],
    ['http://a/v1', 'object'],
  ])('are left out with the reason: %o', (entry, reason) => {
    const { endpoints, problems } = readEndpoints([entry, { name: 'good', url: 'http://a/v1' }]);
    expect(endpoints.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(reason);
    expect(problems[0]).not.toContain('secret@');
  });

  it('have names of their own', () => {
    const twice = { name: 'a', url: 'http://a/v1' };
    expect(readEndpoints([twice, twice]).problems).toHaveLength(1);
    expect(readEndpoints('no list').problems).toHaveLength(1);
  });
});

describe('keys', () => {
  let secrets: Secrets;
  let keys: ModelKeys;

  beforeEach(() => {
    secrets = new Secrets();
    keys = new ModelKeys(secrets);
  });

  it('are given to the address they were set for, and to no other', async () => {
    await keys.set('work', 'https://proxy.example/v1', ' k-123 ');
    expect(await keys.get('work', 'https://proxy.example/v2')).toBe('k-123');
    expect(await keys.get('work', 'https://evil.example/v1')).toBeUndefined();
    expect(await keys.get('work', 'http://proxy.example/v1')).toBeUndefined();
    expect(await keys.get('other', 'https://proxy.example/v1')).toBeUndefined();
  });

  it('can be listed and removed; what is no key of ours is let be', async () => {
    await secrets.store('another.secret', 'x');
    await secrets.store('multipath.modelKey.broken', 'no json');
    await keys.set('work', 'https://proxy.example/v1', 'k');
    expect(await keys.names()).toEqual(['broken', 'work']);
    expect(await keys.get('broken', 'https://proxy.example/v1')).toBeUndefined();
    await keys.remove('work');
    expect(await keys.names()).toEqual(['broken']);
    expect(secrets.kept.get('another.secret')).toBe('x');
  });
});
