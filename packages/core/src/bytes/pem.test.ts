import { describe, expect, it } from 'vitest'
import { encodePem, parsePem } from './pem.ts'

const bytes = (length: number, seed = 7): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * seed) & 0xff)
const ONE = encodePem('CERTIFICATE', bytes(100))
const TWO = encodePem('CERTIFICATE', bytes(60, 11))

function codeOf(text: string): unknown {
  try {
    parsePem(text)
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return 'accepted'
}

describe('parsePem', () => {
  it('reads every block, with label and place', () => {
    const text = `${ONE}${TWO}`
    expect(parsePem(text)).toEqual([
      { label: 'CERTIFICATE', bytes: bytes(100), offset: 0 },
      { label: 'CERTIFICATE', bytes: bytes(60, 11), offset: ONE.length },
    ])
  })

  it('skips explanatory text, blank lines and a byte order mark', () => {
    expect(parsePem(`\ufeffsubject=/CN=Root\nissuer=x: y\n\n${ONE}\nmore\n`)).toHaveLength(1)
  })

  it('takes any line ending, any line length, and blanks at the ends of lines', () => {
    const [first] = parsePem(ONE)
    for (const text of [
      ONE.replaceAll('\n', '\r\n'),
      ONE.replaceAll('\n', '\r'),
      ONE.replaceAll('\n', ' \t\n  '),
      ONE.replace(/(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/g, ''),
      ONE.trimEnd(),
    ])
      expect(parsePem(text)[0]?.bytes).toEqual(first?.bytes)
  })

  it('finds nothing in a text without blocks', () => {
    expect(parsePem('')).toEqual([])
    expect(parsePem('no certificate here\n')).toEqual([])
  })

  it.each([
    ['a block without its end', `${ONE}${TWO.slice(0, 60)}`, 'pem-block-unfinished'],
    ['a block inside a block', `${ONE.slice(0, 60)}\n${TWO}`, 'pem-block-unfinished'],
    ['an end without its block', `${ONE}-----END CERTIFICATE-----\n`, 'pem-end-unexpected'],
    ['different labels', ONE.replace('END CERTIFICATE', 'END X509 CRL'), 'pem-labels-differ'],
    ['a foreign character', ONE.replace('\nA', '\n*'), 'pem-base64-invalid'],
    ['a missing character', ONE.replace(/=\n-----END/, '\n-----END'), 'pem-base64-invalid'],
    ['an empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n', 'pem-block-empty'],
    ['a boundary with four dashes', ONE.replace('CERTIFICATE-----\n', 'CERTIFICATE----\n'), 'pem-boundary-malformed'],
    ['a boundary after other text', `x ${ONE}`, 'pem-boundary-malformed'],
    [
      'a boundary with text after it',
      ONE.replace('CERTIFICATE-----\n', 'CERTIFICATE----- x\n'),
      'pem-boundary-malformed',
    ],
    ['another boundary', '-----START CERTIFICATE-----\n', 'pem-boundary-malformed'],
    ['headers', ONE.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n'), 'pem-header-unsupported'],
    ['all on one line', ONE.replaceAll('\n', ' '), 'pem-boundary-malformed'],
  ])('refuses %s, and with it the whole text', (_, text, code) => {
    expect(codeOf(text)).toBe(code)
    expect(codeOf(`${TWO}${text}`)).toBe(code)
  })

  it('never repeats what it read', () => {
    const secret = 'c2VjcmV0IGtleSBtYXRlcmlhbA'
    for (const text of [
      `-----BEGIN X-----\n${secret}*\n-----END X-----`,
      `-----BEGIN ${secret}\n`,
      `${secret} -----BEGIN X`,
    ]) {
      const thrown = (() => {
        try {
          return parsePem(text)
        } catch (error) {
          return error
        }
      })()
      expect(`${thrown} ${JSON.stringify(thrown)} ${(thrown as Error).stack}`).not.toContain(secret)
    }
  })
})
