import { describe, expect, it } from 'vitest'
import { parseByteSequence, parseByteSequenceList } from './byte-sequence.ts'

describe('parseByteSequence (RFC 9651 §3.3.5)', () => {
  it('reads one canonical byte sequence', () => {
    expect(parseByteSequence(':aGVsbG8=:')).toEqual(new TextEncoder().encode('hello'))
    expect(parseByteSequence('::')).toEqual(new Uint8Array())
  })

  it.each([
    ['no colons', 'aGVsbG8='],
    ['one colon', ':aGVsbG8='],
    ['one colon alone', ':'],
    ['something in the place of the first colon', 'xaGVsbG8=:'],
    ['something in the place of the last one', ':aGVsbG8=x'],
    ['parameters', ':aGVsbG8=:;x=1'],
    ['white space inside', ':aGVs bG8=:'],
    ['white space outside', ' :aGVsbG8=:'],
    ['missing padding', ':aGVsbG8:'],
    ['the URL alphabet', ':_-8=:'],
    ['padding bits that are not zero', ':QR==:'],
    ['a list', ':aGVsbG8=:, :aGVsbG8=:'],
    ['text', '"hello"'],
  ])('refuses %s', (_, text) => {
    expect(parseByteSequence(text)).toBeUndefined()
  })
})

describe('parseByteSequenceList (RFC 9651 §3.1)', () => {
  it('reads the members in order, with optional white space around the commas', () => {
    const letters = ['a', 'b', 'c'].map((letter) => new TextEncoder().encode(letter))
    expect(parseByteSequenceList(':YQ==:,\t:Yg==: ,:Yw==:', 3)).toEqual(letters)
  })

  it.each([':YQ==:,', ',:YQ==:', ':YQ==: :Yg==:', ':YQ==:;a', ':YQ==:,\u00a0:Yg==:'])('refuses %j', (text) => {
    expect(parseByteSequenceList(text, 3)).toBeUndefined()
  })

  it('refuses one member more than the limit, and reads no further', () => {
    expect(parseByteSequenceList(Array(4).fill(':YQ==:').join(','), 3)).toBe('too many')
    expect(parseByteSequenceList(`${':YQ==:,'.repeat(100_000)}:YQ==:`, 3)).toBe('too many')
  })
})
