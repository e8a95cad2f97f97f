/**
 * Secrets that secretlint's rules leave alone: values given to names that say they are secret, keys
 * of which only a piece is there, tokens in headers. Names alone are never enough: a value that is a
 * reference, a placeholder or a number of a setting stays.
 */

export interface SecretRange {
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
  readonly kind: string;
}

interface Rule {
  readonly kind: string;
  /** With a group `value`: the secret itself; else all that matches. */
  readonly pattern: RegExp;
  readonly isSecret?: (value: string) => boolean;
}

/** What stands where a secret would, and is none. */
const PLACEHOLDER =
  /^(?:[$<{[(*]|process\.|os\.|env\.|secrets\.|your|my[-_]|example|changeme|change-me|placeholder|dummy|redacted|undefined$|null$|none$|true$|false$|x{3,}|\.{3}|…)/i;
const LOWER_PATH = /^[.~]{0,2}\/[a-z0-9_./-]+$/;
const PLAIN_URL = /^https?:\/\/[^@]*$/;

function isValue(value: string): boolean {
  if (PLACEHOLDER.test(value) || LOWER_PATH.test(value) || PLAIN_URL.test(value)) return false;
  return !/^\d{1,6}$/.test(value) && !/\($|\(\)/.test(value);
}

/** Ends of names in capitals, as in `.env` files. `TOKENS` and `AUTHOR` are no secrets. */
const ENV_NAME =
  '(?<![a-z])(?:SECRETS?|TOKEN|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS?)(?:_[A-Z0-9]{1,40}){0,3}';
const FIELD_NAME =
  '(?:password|passwd|passphrase|secret|api[-_]?key|access[-_]?key|access[-_]?token|auth[-_]?token|refresh[-_]?token|client[-_]?secret|private[-_]?key|secret[-_]?key)';
const KEY_LABEL = '[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----';
/** Between the lines of a key: as they are, in JSON, or as strings that are put together. */
const BREAK = '(?:\\s|\\\\[nrt]|["\'+,|>])';

/** Every pattern takes time in proportion to the text, whatever it holds: a test holds them to it. */
const RULES: readonly Rule[] = [
  {
    kind: 'private key',
    pattern: new RegExp(
      `-----BEGIN ${KEY_LABEL}(?:(?!-----BEGIN )[\\s\\S])*?-----END ${KEY_LABEL}`,
      'g',
    ),
  },
  {
    // One of which the end is missing: what is there is enough to harm.
    kind: 'private key',
    pattern: new RegExp(
      `-----BEGIN ${KEY_LABEL}(?:${BREAK}{1,16}[A-Za-z0-9+/=]{16,})+(?:${BREAK}{1,16}[A-Za-z0-9+/=]{1,76}(?![A-Za-z0-9+/=]))?`,
      'g',
    ),
  },
  {
    // One of which the beginning is missing.
    kind: 'private key',
    pattern: new RegExp(
      `(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{16,76}(?:${BREAK}{1,16}[A-Za-z0-9+/=]{1,76}){0,200}${BREAK}{1,16}-----END ${KEY_LABEL}`,
      'g',
    ),
  },
  {
    // `\\?` before quotes: arguments of tools are JSON, in which quotes are escaped.
    kind: 'secret in a variable',
    pattern: new RegExp(
      `${ENV_NAME}[ \\t]{0,8}[=:][ \\t]{0,8}\\\\?["'\`]?(?<value>[^\\s"'\`\\\\;,]{6,4096})`,
      'dg',
    ),
    isSecret: isValue,
  },
  {
    kind: 'secret in a variable',
    pattern: new RegExp(
      `${ENV_NAME}[ \\t]{0,8}[=:][ \\t]{0,8}\\\\?(?<quote>["'])(?<value>[^"'\\n\\\\]{6,4096})\\\\?\\k<quote>`,
      'dg',
    ),
    isSecret: isValue,
  },
  {
    kind: 'secret in a field',
    pattern: new RegExp(
      `${FIELD_NAME}\\\\?["']?[ \\t]{0,8}[:=][ \\t]{0,8}\\\\?(?<quote>["'])(?<value>[^"'\\s\\\\]{8,4096})\\\\?\\k<quote>`,
      'dgi',
    ),
    isSecret: isValue,
  },
  {
    kind: 'token in a header',
    pattern:
      /\bauthorization\\?["']?[ \t]{0,8}[:=][ \t]{0,8}\\?["']?(?:bearer|basic|token)[ \t]{1,8}(?<value>[A-Za-z0-9._~+/=-]{8,4096})/dgi,
    isSecret: isValue,
  },
  {
    kind: 'password in a URL',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'`<>]{0,100}:(?<value>[^\s@/"'`<>]{4,200})@/dgi,
    isSecret: isValue,
  },
  {
    // Forms that services give out and that secretlint knows only in a narrower one.
    kind: 'API key',
    pattern:
      /\b(?<value>sk-[A-Za-z0-9_-]{20,400}|AIza[A-Za-z0-9_-]{35}|AKIA[A-Z0-9]{16}|hf_[A-Za-z0-9]{30,80}|gsk_[A-Za-z0-9]{40,80}|xai-[A-Za-z0-9]{40,120})/dg,
    isSecret: (value) => /\d/.test(value) && /[A-Z]/.test(value),
  },
  {
    kind: 'JSON web token',
    pattern: /\beyJ[A-Za-z0-9_-]{10,4096}\.eyJ[A-Za-z0-9_-]{10,8192}\.[A-Za-z0-9_-]{16,4096}/g,
  },
];

export function ownSecrets(text: string): SecretRange[] {
  return RULES.flatMap(({ kind, pattern, isSecret }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const value = match.groups?.['value'];
      if (value !== undefined && isSecret?.(value) === false) return [];
      const [start, end] = match.indices?.groups?.['value'] ?? [
        match.index,
        match.index + match[0].length,
      ];
      return [{ start, end, kind }];
    }),
  );
}
