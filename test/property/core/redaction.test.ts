/** No planted secret gets through, wherever it stands; and what holds none stays as it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/core/redaction/redact.ts';

const ALNUM = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
const alnum = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...ALNUM), minLength: length, maxLength: length });
const base64 = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...ALNUM, '+', '/'), minLength: length, maxLength: length });
/** Begins like no placeholder, and is no number. */
const value = alnum(20).map((text) => `q7${text}Z`);

/** The text that holds the secret, and the part that must not be there any more. */
interface Planted {
  readonly text: string;
  readonly secret: string;
}
const whole = (secret: string): Planted => ({ text: secret, secret });

const pemBody = fc
  .array(base64(64), { minLength: 2, maxLength: 8 })
  .map((lines) => lines.join('\n'));
const planted: fc.Arbitrary<Planted> = fc.oneof(
  alnum(36).map((key) => whole(`ghp_${key}`)),
  alnum(36).map((key) => whole(`npm_${key}`)),
  alnum(93).map((key) => whole(`sk-ant-api03-${key}AA`)),
  fc.tuple(alnum(20), alnum(20)).map(([a, b]) => whole(`sk-${a}T3BlbkFJ${b}`)),
  alnum(60).map((key) => whole(`sk-proj-A1${key}`)),
  alnum(33).map((key) => whole(`AIza1${key}_`)),
  alnum(24).map((key) => whole(`xoxb-123456789012-123456789012-${key}`)),
  value.map((secret) => ({ text: `postgres://app:${secret}@db.internal/shop`, secret })),
  value.map((secret) => ({ text: `https://app:${secret}@git.internal/shop.git`, secret })),
  fc
    .tuple(
      fc.constantFrom(
        'DB_PASSWORD',
        'API_KEY',
        'export GITHUB_TOKEN',
        'SESSION_SECRET',
        'AWS_SECRET_ACCESS_KEY',
      ),
      fc.constantFrom('=', ': ', ' = '),
      fc.constantFrom('', '"', "'"),
      value,
    )
    .map(([name, sign, quote, secret]) => ({
      text: `${name}${sign}${quote}${secret}${quote}`,
      secret,
    })),
  fc
    .tuple(fc.constantFrom('password', 'apiKey', 'client_secret', 'dbPassword'), value)
    .map(([name, secret]) => ({ text: JSON.stringify({ [name]: secret }), secret })),
  fc.tuple(fc.constantFrom('password', 'apiKey', 'client_secret'), value).map(([name, secret]) => ({
    // As arguments of a tool hold it: JSON in JSON.
    text: JSON.stringify({ content: JSON.stringify({ [name]: secret }) }),
    secret,
  })),
  value.map((secret) => ({ text: `curl -H "Authorization: Bearer ${secret}"`, secret })),
  fc
    .tuple(base64(24), base64(40), alnum(43))
    .map(([a, b, c]) => whole(`eyJ${a}.eyJ${b}.${c}`.replaceAll('+', '-').replaceAll('/', '_'))),
  pemBody.map((body) => ({
    text: `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`,
    secret: body,
  })),
  pemBody.map((body) => ({ text: `-----BEGIN PRIVATE KEY-----\n${body}`, secret: body })),
  pemBody.map((body) => ({ text: `${body}\n-----END OPENSSH PRIVATE KEY-----`, secret: body })),
  pemBody.map((body) => {
    const lines = JSON.stringify(
      `-----BEGIN EC PRIVATE KEY-----\n${body}\n-----END EC PRIVATE KEY-----`,
    );
    return { text: lines, secret: body.split('\n')[1] ?? '' };
  }),
);

/** With the end of a key further on, all between the two is taken for one. */
const BEGINS = 'pem.startsWith("-----BEGIN PRIVATE KEY-----")';
const plain: fc.Arbitrary<string> = fc.constantFrom(
  'The lock is slow.',
  'const token = await getToken(request);',
  'MAX_TOKENS=4096',
  'password: string;',
  'API_KEY=${API_KEY}',
  'if (!process.env.GITHUB_TOKEN) throw new Error("no token");',
  'GITHUB_TOKEN=process.env.GITHUB_TOKEN',
  '| tokens | 1,234 |',
  'see https://example.com/docs?id=12#password',
  '{"type":"password","name":"secret"}',
  'AUTHOR=somebody',
  'SECRETS_DIR=/run/secrets/app',
  '-----BEGIN CERTIFICATE-----',
  BEGINS,
  '日本語のテキスト 🙂',
  '// secretlint-disable',
  '/* secretlint-disable-next-line */',
  '.sk-cube-grid-with-a-very-long-name { }',
  'commit 3f2a91c0d4e5b6a7988776655443322110ffeedd',
);
const filler = fc.array(plain, { maxLength: 6 }).map((lines) => lines.join('\n'));

describe('redaction', () => {
  it('lets no planted secret through, and keeps what stands around it', async () => {
    await fc.assert(
      fc.asyncProperty(filler, planted, filler, async (said, { text, secret }, after) => {
        const before = said.replaceAll(BEGINS, '');
        const result = await redact(`${before}\n---\n${text}\n---\n${after}`);
        expect(result.text).not.toContain(secret);
        expect(result.text.startsWith(before)).toBe(true);
        expect(result.text.endsWith(after)).toBe(true);
        expect(result.text).toContain('[secret removed: ');
        expect(result.secrets.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
      }),
      { numRuns: 600 },
    );
  });

  it('changes nothing where there is none, and nothing a second time', async () => {
    await fc.assert(
      fc.asyncProperty(filler, async (text) => {
        expect(await redact(text)).toEqual({ text, secrets: [] });
      }),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(filler, planted, async (before, { text }) => {
        const once = await redact(`${before} ${text}`);
        expect(await redact(once.text)).toEqual({ text: once.text, secrets: [] });
      }),
      { numRuns: 200 },
    );
  });

  it('takes any text, in time that grows with it and not faster', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        await redact(text);
      }),
      { numRuns: 200 },
    );
    // Each would take hours if it were looked at from every place anew.
    const hostile = [
      '-----BEGIN PRIVATE KEY-----',
      'A_',
      'a-',
      'TOKEN_A',
      'eyJaaaaaaaaaaaaaaa.',
      'authorization: bearer ',
      'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo\n',
      'password="',
      '"\\n',
      ' ',
    ];
    for (const piece of hostile) {
      await redact(piece.repeat(Math.ceil(200_000 / piece.length)));
    }
  });
});
