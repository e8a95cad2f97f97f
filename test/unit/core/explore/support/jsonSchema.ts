/** As much of JSON Schema as the schema of strategies uses; anything else in a schema throws. */
import * as v from 'valibot';

const schemaShape = v.strictObject({
  $schema: v.optional(v.string()),
  title: v.optional(v.string()),
  description: v.optional(v.string()),
  default: v.optional(v.unknown()),
  type: v.optional(v.picklist(['object', 'array', 'string'])),
  const: v.optional(v.unknown()),
  enum: v.optional(v.array(v.unknown())),
  pattern: v.optional(v.string()),
  maxLength: v.optional(v.number()),
  minItems: v.optional(v.number()),
  maxItems: v.optional(v.number()),
  items: v.optional(v.unknown()),
  additionalProperties: v.optional(v.literal(false)),
  required: v.optional(v.array(v.string())),
  properties: v.optional(v.record(v.string(), v.unknown())),
});

export function schemaAccepts(schema: unknown, value: unknown): boolean {
  const rule = v.parse(schemaShape, schema);
  if ('const' in rule && rule.const !== value) return false;
  if (rule.enum && !rule.enum.includes(value)) return false;
  switch (rule.type) {
    case 'string':
      return (
        typeof value === 'string' &&
        value.length <= (rule.maxLength ?? Infinity) &&
        new RegExp(rule.pattern ?? '', 'u').test(value)
      );
    case 'array':
      return (
        Array.isArray(value) &&
        value.length >= (rule.minItems ?? 0) &&
        value.length <= (rule.maxItems ?? Infinity) &&
        value.every((item: unknown) => schemaAccepts(rule.items, item))
      );
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      const fields = Object.entries(value);
      const { properties = {}, required = [] } = rule;
      return (
        required.every((key) => key in value) &&
        fields.every(([key, field]) => key in properties && schemaAccepts(properties[key], field))
      );
    }
    case undefined:
      return true;
  }
}
