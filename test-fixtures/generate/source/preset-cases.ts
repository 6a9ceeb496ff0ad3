/** Every row of the table, in every situation that a row can be in. @module */
import type { Encoded } from '../../../packages/testing/src/index.ts'
import { type Expected, HOP, type Line, type SourceCase, type Value, type World } from './drawing.ts'
import { PRODUCERS, type Producer } from './producers.ts'

export function presetCases({ leaf, issuing, root, other }: World): readonly SourceCase[] {
  return PRODUCERS.flatMap((producer) => {
    const { preset, carrier, headers, write, one } = producer
    const alone = write(leaf, [])
    const about =
      (options: object = {}) =>
      (
        id: string,
        title: string,
        lines: readonly Line[],
        expected: Expected,
        peer?: SourceCase['peer'],
      ): SourceCase => ({
        id: `${preset}/${id}`,
        title,
        source: ['forwarded', preset, { from: [HOP], ...(headers === undefined ? {} : { headers }), ...options }],
        ...(peer === undefined ? {} : { peer }),
        lines,
        expected,
      })
    const plain = about()
    const renamed = about({ headers: { ...headers, certificate: 'x-chosen-name' } })
    const replaced = (value: Value): readonly Line[] =>
      alone.map(([name, old]) => [name, name === carrier ? value : old])
    return [
      plain('valid', 'the leaf alone', alone, { leaf: 'leaf', chain: [] }),
      plain('chain', 'the leaf with its issuer', write(leaf, [issuing]), chainOf(producer, ['issuing'])),
      plain(
        'chain-root',
        'the leaf with all above it',
        write(leaf, [issuing, root]),
        chainOf(producer, ['issuing', 'root']),
      ),
      ...producer.absent.map((lines, at) => plain(`absent-${at + 1}`, 'no certificate', lines, null)),
      plain(
        'malformed',
        'text that is no certificate in any form',
        replaced('not a certificate!'),
        'header-undecodable',
      ),
      plain('truncated', 'the last sixteen characters are missing', replaced(cut(one(leaf))), 'header-undecodable'),
      plain('duplicated', 'two lines of the field', [...alone, [carrier, one(leaf)]], 'header-duplicated'),
      plain('spoofed', 'from a peer that is no hop', alone, 'source-untrusted', 'stranger'),
      plain('spoofed-unknown', 'from a peer that cannot be told', alone, 'source-untrusted', 'unknown'),
      plain(
        'rival',
        'beside a certificate on the connection itself',
        alone,
        'source-conflict',
        'hop with a certificate',
      ),
      ...aliasCase(producer, leaf, plain),
      plain(
        'nominated',
        'Connection names the field',
        [...alone, ['connection', `close, ${carrier}`]],
        'header-nominated',
      ),
      plain(
        'oversized-field',
        'longer than any field is read',
        replaced([{ repeat: 'A', times: 131_076 }]),
        'certificates-oversized',
      ),
      renamed('renamed', 'under another name', rename(alone, carrier), { leaf: 'leaf', chain: [] }),
      renamed('renamed-old', 'under the name that is not read any more', [[carrier, one(other)]], oldName(carrier)),
    ]
  })
}

function chainOf(producer: Producer, chain: readonly string[]): Expected {
  if (producer.preset === 'apache') return { leaf: 'leaf', chain: chain.slice(0, 1) }
  return { leaf: 'leaf', chain: producer.chain === 'forwarded' ? chain : [] }
}

/** A name without a dash has no other spelling. */
function aliasCase(
  { carrier, one }: Producer,
  leaf: Encoded,
  plain: (id: string, title: string, lines: readonly Line[], expected: Expected) => SourceCase,
): readonly SourceCase[] {
  const alias = carrier.replaceAll('-', '_')
  return [plain('alias', 'spelled with underscores', [[alias, one(leaf)]], 'header-alias')]
}

function rename(lines: readonly Line[], carrier: string): readonly Line[] {
  return lines.map(([name, value]) => [name === carrier ? 'x-chosen-name' : name, value])
}

/** The standard fields are refused whoever sends them, unless they are read; any other that is not read is nobody's business. */
function oldName(carrier: string): Expected {
  return ['client-cert', 'x-forwarded-client-cert'].includes(carrier) ? 'source-untrusted' : null
}

function cut(text: string): string {
  return text.slice(0, -16)
}
