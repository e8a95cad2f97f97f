/** What a person calls the secrets that rules find, by the last part of a secretlint rule's id. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['1password', '1Password token'],
  ['anthropic', 'Anthropic key'],
  ['aws', 'AWS key'],
  ['basicauth', 'password in a URL'],
  ['cloudflare', 'Cloudflare token'],
  ['database-connection-string', 'password in a database URL'],
  ['databricks', 'Databricks token'],
  ['docker', 'Docker token'],
  ['figma', 'Figma token'],
  ['gcp', 'Google Cloud key'],
  ['github', 'GitHub token'],
  ['gitlab', 'GitLab token'],
  ['grafana', 'Grafana token'],
  ['groq', 'Groq key'],
  ['hashicorp-vault', 'Vault token'],
  ['huggingface', 'Hugging Face token'],
  ['linear', 'Linear key'],
  ['notion', 'Notion token'],
  ['npm', 'npm token'],
  ['openai', 'OpenAI key'],
  ['privatekey', 'private key'],
  ['sendgrid', 'SendGrid key'],
  ['shopify', 'Shopify token'],
  ['slack', 'Slack token'],
  ['stripe', 'Stripe key'],
  ['tailscale', 'Tailscale key'],
  ['vercel', 'Vercel token'],
]);

/** A rule that is not in the table, because secretlint has a new one, is called by its own name. */
export function kindOfRule(ruleId: string): string {
  const name = ruleId.replace(/^.*secretlint-rule-/, '');
  return KINDS.get(name) ?? `${name} secret`;
}
