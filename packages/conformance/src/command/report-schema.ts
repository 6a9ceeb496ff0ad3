/** The form of a report, as a JSON Schema (draft 2020-12): for whoever reads reports and does not trust who wrote them. @module */

const TEXT = { type: 'string' } as const
const TEXTS = { type: 'array', items: TEXT } as const
const COUNT = { type: 'integer', minimum: 0 } as const

const OUTCOMES = ['passed', 'failed', 'not-applicable', 'diverged', 'unexpected-pass'] as const

export const reportSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://countersign.dev/conformance-report.schema.json',
  title: 'Countersign conformance report',
  type: 'object',
  additionalProperties: false,
  required: ['format', 'subject', 'features', 'profile', 'runtime', 'ok', 'counts', 'durationMilliseconds', 'results'],
  properties: {
    format: { const: 1 },
    subject: TEXT,
    features: TEXTS,
    profile: { enum: ['baseline', 'strict'] },
    runtime: TEXT,
    ok: { type: 'boolean' },
    counts: {
      type: 'object',
      additionalProperties: false,
      required: OUTCOMES,
      properties: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, COUNT])),
    },
    durationMilliseconds: COUNT,
    results: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'title', 'level', 'source', 'outcome', 'durationMilliseconds'],
        properties: {
          id: { type: 'string', pattern: '^[a-z0-9-]+(/[a-z0-9.-]+)+$' },
          title: TEXT,
          level: { enum: ['MUST', 'SHOULD', 'MAY'] },
          source: TEXT,
          outcome: { enum: OUTCOMES },
          durationMilliseconds: COUNT,
          missing: TEXTS,
          reason: TEXT,
          failure: {
            type: 'object',
            additionalProperties: false,
            required: ['rule', 'expected', 'actual', 'exchanges'],
            properties: { rule: TEXT, expected: TEXT, actual: TEXT, exchanges: TEXTS },
          },
        },
      },
    },
  },
}
