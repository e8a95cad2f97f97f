/** Sample sessions about an invoicing service: a rewind, parallel tools, and a fork between files. */
import { Transcript, text, thinking, toolUse } from './transcript.ts';

const sonnet = 'claude-sonnet-4-5-20250929';
const opus = 'claude-opus-4-5-20251101';
const hour = 3_600_000;

/** All of them, for the project at `cwd`, dated back from `now`. */
export function ledgerSessions(cwd: string, now: Date): Transcript[] {
  const ago = (hours: number): Date => new Date(now.getTime() - hours * hour);
  const retry = retryQueue(cwd, ago(30));
  return [rounding(cwd, ago(3)), idempotency(cwd, ago(52)), retry, retryWithOutbox(retry, ago(28))];
}

/** Two prompts answer the same message: the person went back and asked for something else. */
function rounding(cwd: string, startedAt: Date): Transcript {
  const session = new Transcript('ledger rounding', cwd, startedAt, sonnet);
  session.prompt(
    'Invoice totals are off by a cent when a discount applies. Find out why and fix it.',
  );
  session.answer(
    [
      thinking(
        'A cent of difference smells like floating point. I should see how totals are summed.',
      ),
      text('I will look at how the total is computed.'),
      toolUse('round_read', 'Read', { file_path: `${cwd}/src/total.ts` }),
    ],
    { input: 412, output: 96, cacheWrite: 11_840 },
  );
  session.results([
    {
      call: 'round_read',
      text: '     1\texport function total(lines: Line[], discount: number): number {\n     2\t  const sum = lines.reduce((all, line) => all + line.price * line.quantity, 0);\n     3\t  return Math.round(sum * (1 - discount) * 100) / 100;\n     4\t}',
    },
  ]);
  const choice = session.answer(
    [
      text(
        'Prices are **floating-point euros**, so `0.1 + 0.2` is already wrong before the discount is applied. Two ways out:\n\n1. count in whole cents and round once, or\n2. use a decimal library.\n\nWhich do you prefer?',
      ),
    ],
    { input: 380, output: 118, cacheRead: 12_252 },
  );
  session.prompt('Whole cents, no new dependency. Round half up, once, at the end.');
  session.answer(
    [
      toolUse('round_edit', 'Edit', {
        file_path: `${cwd}/src/total.ts`,
        old_string: 'return Math.round(sum * (1 - discount) * 100) / 100;',
        new_string: 'return Math.floor(sum * (1 - discount) + 0.5);',
      }),
    ],
    { input: 290, output: 164, cacheRead: 12_710 },
  );
  session.results([{ call: 'round_edit', text: `The file ${cwd}/src/total.ts has been updated.` }]);
  session.answer(
    [
      text(
        'Totals are whole cents now:\n\n```ts\nexport function total(lines: Line[], discount: number): number {\n  const sum = lines.reduce((all, line) => all + line.cents * line.quantity, 0);\n  return Math.floor(sum * (1 - discount) + 0.5);\n}\n```\n\nCallers divide by 100 where they print. The failing invoice gives 1999 instead of 2000.',
      ),
    ],
    { input: 210, output: 201, cacheRead: 13_020 },
  );

  session.head = choice;
  session.prompt('Use the decimal library, we need exact tax rates as well.');
  session.answer(
    [
      toolUse('round_install', 'Bash', {
        command: 'npm install decimal.js',
        description: 'Add decimal.js',
      }),
    ],
    { input: 288, output: 71, cacheRead: 12_710 },
  );
  session.results([
    {
      call: 'round_install',
      text: 'added 1 package in 2s',
      detail: { stdout: 'added 1 package in 2s', stderr: '', interrupted: false, isImage: false },
    },
  ]);
  session.answer(
    [
      text(
        'Totals use `Decimal` from start to end:\n\n```ts\nexport function total(lines: Line[], discount: Decimal): Decimal {\n  const sum = lines.reduce((all, line) => all.plus(line.price.times(line.quantity)), ZERO);\n  return sum.times(ONE.minus(discount)).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);\n}\n```\n\nTax rates such as 7.7 % are exact as well. The bundle grows by 32 kB.',
      ),
    ],
    { input: 254, output: 236, cacheRead: 13_105 },
  );
  session.note({ type: 'ai-title', aiTitle: 'Fix rounding of invoice totals' });
  return session;
}

/** Two files read in one answer, a test that fails, and the repair. */
function idempotency(cwd: string, startedAt: Date): Transcript {
  const session = new Transcript('ledger idempotency', cwd, startedAt, opus);
  session.prompt(
    'POST /payments must not charge twice when a client retries. Add idempotency keys.',
  );
  session.answer(
    [
      text('I will read the route and the schema together.'),
      toolUse('idem_route', 'Read', { file_path: `${cwd}/src/payments.ts` }),
      toolUse('idem_schema', 'Read', { file_path: `${cwd}/src/schema.sql` }),
    ],
    { input: 508, output: 143, cacheWrite: 14_020 },
  );
  session.results([
    { call: 'idem_route', text: "app.post('/payments', async (request) => charge(request.body));" },
    {
      call: 'idem_schema',
      text: 'CREATE TABLE payment (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL);',
    },
  ]);
  session.answer(
    [
      thinking(
        'The key must be unique together with the account; a second request waits for the first.',
      ),
      toolUse('idem_test', 'Bash', {
        command: 'npm test -- payments',
        description: 'Run the payment tests',
      }),
    ],
    { input: 611, output: 402, cacheRead: 14_528 },
  );
  session.results([
    {
      call: 'idem_test',
      text: 'Error: Exit code 1\npayments > answers a retry with the first result\n  expected 1 charge, got 2',
      isError: true,
    },
  ]);
  session.answer(
    [
      text(
        'The retry still charges: the key is looked up **before** the first request has stored it. I make the insert the lock:\n\n```sql\nINSERT INTO idempotency_key (account, key) VALUES (?, ?)\nON CONFLICT DO NOTHING RETURNING key;\n```\n\nNo row back means that someone else is charging, so we wait for their result.',
      ),
      toolUse('idem_again', 'Bash', {
        command: 'npm test -- payments',
        description: 'Run them again',
      }),
    ],
    { input: 402, output: 377, cacheRead: 15_230 },
  );
  session.results([{ call: 'idem_again', text: 'payments: 14 passed' }]);
  session.answer([text('All 14 payment tests pass. Keys are kept for 24 hours.')], {
    input: 122,
    output: 64,
    cacheRead: 15_904,
  });
  session.note({ type: 'custom-title', customTitle: 'Idempotency keys for payments' });
  return session;
}

/** The session that the next one was forked from. */
function retryQueue(cwd: string, startedAt: Date): Transcript {
  const session = new Transcript('ledger retry', cwd, startedAt, sonnet);
  session.prompt('Webhooks get lost when the receiver is down. How should we retry?');
  session.answer(
    [
      text(
        'Keep each webhook until it is answered with 2xx and try again with growing pauses:\n\n| attempt | after |\n| --- | --- |\n| 2 | 30 s |\n| 3 | 5 min |\n| 4 | 1 h |\n\nAfter the eighth attempt it goes to a list that someone looks at.',
      ),
    ],
    { input: 350, output: 148, cacheWrite: 9_870 },
  );
  session.prompt('Where would the waiting ones live?');
  session.answer(
    [text('Either in the queue we have (delayed jobs) or in a table that a worker polls.')],
    { input: 96, output: 58, cacheRead: 10_220 },
  );
  session.prompt('Take the queue.');
  session.answer(
    [
      text(
        'Delayed jobs it is: `queue.add(webhook, { delay, attempts: 8 })`. Done in `src/webhooks.ts`.',
      ),
    ],
    { input: 88, output: 92, cacheRead: 10_376 },
  );
  session.note({ type: 'summary', summary: 'Retry lost webhooks', leafUuid: session.head });
  return session;
}

/** The same beginning under a new session id, then another decision. */
function retryWithOutbox(source: Transcript, startedAt: Date): Transcript {
  const session = source.forked('ledger outbox', 4, startedAt);
  session.prompt('Take the table, and write to it in the transaction of the payment.');
  session.answer(
    [
      thinking(
        'That is the outbox pattern: the row and the payment commit together or not at all.',
      ),
      text(
        'Then a payment and its webhook commit together, and none is lost even when we crash in between. The worker takes rows with `FOR UPDATE SKIP LOCKED`, so several can run.',
      ),
    ],
    { input: 104, output: 133, cacheRead: 10_376 },
  );
  session.prompt('And the order of webhooks per account?');
  session.answer(
    [text('A worker takes only the oldest unsent row of an account, so the order holds.')],
    { input: 90, output: 71, cacheRead: 10_702 },
  );
  return session;
}
