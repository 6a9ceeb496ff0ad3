import { generateKey } from '@countersign/core/keys'
import { describe, expect, it } from 'vitest'
import { redact } from './redact.ts'

const key = generateKey({ prefix: 'cs_live' })
const id = key.slice(8, 20)
const escaped = [...key].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')

describe('redact', () => {
  it.each([
    ['a key', `Bearer ${key}`],
    ['a key of another checksum', `Bearer ${key.slice(0, -1)}!`],
    ['a key that was cut off', `Bearer ${key.slice(0, -3)}`],
    ['a key of which every octet is escaped', `/whoami?k=${escaped}`],
    ['a key that is escaped twice', `/whoami?k=${encodeURIComponent(escaped)}`],
  ])('leaves of %s no more than prefix and id: nothing of the secret, and nothing of the checksum', (_, text) => {
    const shown = redact(text, [])
    expect(shown).toMatch(new RegExp(`cs_live_${id}_\\[redacted\\]!?$`))
    expect(shown).not.toContain(key.slice(-6, -3))
  })

  it('leaves nothing of a token, or of what a case says is secret', () => {
    expect(redact('Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_', [])).toBe('Bearer [redacted]')
    expect(redact('password=hunter2', ['hunter2'])).toBe('password=[redacted]')
  })

  it('leaves certificates and everything else as they are', () => {
    const text = 'Client-Cert: :MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA+/=:'
    expect(redact(text, [])).toBe(text)
  })
})
