import { createAuthority } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadCrlBundle, parseCrlBundle } from './crl-bundle.ts'
import { CrlPemWalk } from './crl-pem.ts'

let pem: string
let der: Uint8Array

beforeAll(async () => {
  const ca = await createAuthority()
  ;({ pem, der } = await ca.crl({ revoked: ['01', '02', '03'] }))
})

describe('CrlPemWalk', () => {
  it('reads every block, whatever the line ends, blanks and words around them', () => {
    const lines = pem.trimEnd().split('\n')
    const variants = [
      pem,
      pem.trimEnd(),
      lines.join('\r\n'),
      lines.join('\r'),
      `\ufeff${pem}`,
      `# List of the 3rd - and last\n\n${pem}\nthe end`,
      `# Größte Liste -- --- ---- der 3.\n# ${'a - b '.repeat(50)}\n${pem}`,
      lines.map((line) => `  ${line}\t`).join('\n'),
      [lines[0], lines.slice(1, -1).join(''), lines.at(-1)].join('\n'),
      [
        lines[0],
        ...(lines
          .slice(1, -1)
          .join('')
          .match(/.{1,3}/g) ?? []),
        lines.at(-1),
      ].join('\n'),
    ]
    for (const text of variants) expect(blocks(text)).toEqual([der])
    expect(blocks(`${pem}${pem}between\n${pem}`)).toEqual([der, der, der])
    expect(blocks('no block at all')).toEqual([])
  })

  it('reads the same in steps of any size', () => {
    for (const size of [1, 2, 3, 7, 64, 1000]) expect(blocks(`${pem}words\n${pem}`, size)).toEqual([der, der])
  })

  it('decodes each length of a last group', () => {
    for (const [body, octets] of [
      ['AQ==', [1]],
      ['AQI=', [1, 2]],
      ['AQID', [1, 2, 3]],
      ['AQIDBA==', [1, 2, 3, 4]],
    ] as const) {
      expect(blocks(block(body))).toEqual([Uint8Array.from(octets)])
    }
  })

  it.each<[string, () => string]>([
    ['a block that does not end', () => pem.slice(0, -30)],
    ['a block that is cut off in its base64', () => pem.slice(0, 100)],
    ['a block of another kind', () => pem.replaceAll('X509 CRL', 'CERTIFICATE')],
    ['a private key among the lists', () => `${pem}${pem.replaceAll('X509 CRL', 'PRIVATE KEY')}`],
    ['labels that differ', () => pem.replace('-----END X509 CRL', '-----END CERTIFICATE')],
    ['an end without a beginning', () => pem.slice(30)],
    ['a beginning that does not begin its line', () => `x${pem}`],
    ['an end that does not begin its line', () => pem.replace('\n-----END', '-----END')],
    ['a boundary in a line that is no ASCII', () => `${pem}ä -----BEGIN X509 CRL-----\n`],
    ['an empty block', () => block('')],
    ['headers', () => pem.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n')],
    ['a letter that is none of base64', () => block('AQ*=')],
    ['blanks within a line', () => block('AQ ID')],
    ['missing padding', () => block('AQ')],
    ['too much padding', () => block('AQID====')],
    ['padding in the middle', () => block('AQ==AQID')],
    ['stray bits', () => block('AR==')],
    ['stray bits in the second octet', () => block('AQJ=')],
    ['a single digit', () => block('A===')],
  ])('refuses %s', (_, text) => {
    for (const size of [1, 1e9])
      expect(() => blocks(text(), size)).toThrow(expect.objectContaining({ code: 'crl-malformed' }))
  })
})

describe('loadCrlBundle', () => {
  it('reads what parseCrlBundle reads', async () => {
    for (const octets of [der, bytes(pem), bytes(pem + pem)]) {
      const [parsed, loaded] = [parseCrlBundle(octets), await loadCrlBundle(octets)]
      expect(loaded.map((crl) => crl.entries.count)).toEqual(parsed.map((crl) => crl.entries.count))
      expect(loaded.map((crl) => crl.der)).toEqual(parsed.map((crl) => crl.der))
    }
    await expect(loadCrlBundle(bytes('nothing'))).rejects.toThrow('neither DER nor PEM')
    expect(() => parseCrlBundle(new Uint8Array(0))).toThrow('neither DER nor PEM')
  })

  it('stops when it is told to', async () => {
    await expect(loadCrlBundle(der, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

function blocks(text: string, size = 1e9): readonly Uint8Array[] {
  const walk = new CrlPemWalk(bytes(text))
  while (!walk.step(size));
  return walk.blocks()
}

function block(body: string): string {
  return `-----BEGIN X509 CRL-----\n${body}\n-----END X509 CRL-----\n`
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
