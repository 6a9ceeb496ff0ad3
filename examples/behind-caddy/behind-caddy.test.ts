import { runBehind } from 'countersign-behind-proxy'
import { describe, expect, it } from 'vitest'
import { missing } from '../../tools/needs.ts'
import { example } from './example.ts'

describe.skipIf(missing('caddy'))('examples/behind-caddy', () => {
  it('lets in who comes with certificate and key, and nobody who forges the field', async () => {
    expect(await runBehind(example)).toEqual([
      'certificate and key: 200 acme',
      'key alone: 401 credentials-missing',
      'key and a forged Client-Cert: 401 credentials-missing',
    ])
  })
})
