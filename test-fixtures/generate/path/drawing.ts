/** Certificates with a caption each, and cases made of them: what a path vector says in words, names and pictures. @module */
import {
  type Authority,
  type AuthorityOptions,
  type CertificateOptions,
  createAuthority,
  createSelfSigned,
  type IssuedCertificate,
  type RootOptions,
} from '../../../packages/testing/src/index.ts'
import { type CertificateDefaults, mintCertificate } from '../../../packages/testing/src/pki/certificate.ts'

/** Every vector is judged at this time, unless it says otherwise. */
export const NOW = new Date('2030-06-01T12:00:00Z')

export const later = (seconds: number): Date => new Date(NOW.getTime() + 1000 * seconds)

const captions = new WeakMap<IssuedCertificate, string>()

/** Says what matters of a certificate; shown in drawings, and its name in the file. */
export function caption<C extends IssuedCertificate>(text: string, certificate: C): C {
  captions.set(certificate, text)
  return certificate
}

export function captionOf(certificate: IssuedCertificate): string {
  const text = captions.get(certificate)
  if (text === undefined) throw new Error('a certificate without a caption')
  return text
}

export async function root(text: string, options: RootOptions = {}): Promise<Authority> {
  return caption(text, await createAuthority({ name: nameIn(text), clock: () => NOW, ...options }))
}

export async function ca(text: string, issuer: Authority, options: AuthorityOptions = {}): Promise<Authority> {
  return caption(text, await issuer.issueAuthority({ name: nameIn(text), ...options }))
}

export async function client(
  text: string,
  issuer: Authority,
  options: CertificateOptions = {},
): Promise<IssuedCertificate> {
  return caption(text, await issuer.issueClient({ name: nameIn(text), ...options }))
}

/** A leaf signed with the key, and in the name, of whatever certificate: a CA or not. */
export async function clientUnder(
  text: string,
  issuer: IssuedCertificate,
  options: CertificateOptions = {},
): Promise<IssuedCertificate> {
  return caption(text, await mintCertificate({ name: nameIn(text), ...options }, CLIENT, issuer))
}

const CLIENT: CertificateDefaults = {
  name: 'Client',
  days: 90,
  keyUsage: ['digitalSignature'],
  extendedKeyUsage: ['clientAuth'],
  basicConstraints: { ca: false },
}

export async function selfSigned(text: string, options: CertificateOptions = {}): Promise<IssuedCertificate> {
  return caption(text, await createSelfSigned({ name: nameIn(text), clock: () => NOW, ...options }))
}

/** What stands before the first comma is also the common name. */
function nameIn(text: string): string {
  return text.split(',')[0] as string
}

export type Expected = 'accepted' | { readonly code: string; readonly index?: number; readonly [fact: string]: unknown }

export interface AnchorByName {
  readonly of: IssuedCertificate
  /** Another certificate's key under this name. */
  readonly keyOf?: IssuedCertificate
  /** Contents of the extension, DER. */
  readonly nameConstraints?: Uint8Array
}

export interface PathCase {
  readonly id: string
  /** One sentence. */
  readonly title: string
  readonly clause: string
  readonly leaf: IssuedCertificate
  readonly intermediates?: readonly IssuedCertificate[]
  readonly anchors: readonly (IssuedCertificate | AnchorByName)[]
  /** Leaf first, anchor last; default: the leaf, the intermediates as given, the first anchor. */
  readonly path?: readonly IssuedCertificate[]
  readonly at?: Date
  /** As `verifyPath` takes them. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Algorithms that not every runtime has. */
  readonly needs?: readonly string[]
  readonly expected: Expected
}

/** Top down, one line a certificate; below it what was given besides. */
export function draw({ leaf, intermediates = [], anchors, path }: PathCase): string[] {
  const first = anchors[0]
  const anchor = first === undefined ? [] : ['of' in first ? first.of : first]
  const drawn = path ?? [leaf, ...intermediates, ...anchor.filter((one) => one !== leaf)]
  const lines = drawn.toReversed().map((one, depth) => {
    const given = anchors.find((each) => 'of' in each && each.of === one)
    const note = anchors.includes(one) ? ' (anchor)' : given === undefined ? '' : ' (anchor, name and key)'
    return `${depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `}${captionOf(one)}${note}`
  })
  const besides = [...intermediates, ...anchors.map((each) => ('of' in each ? each.of : each))].filter(
    (one, index, all) => !drawn.includes(one) && all.indexOf(one) === index,
  )
  return besides.length === 0 ? lines : [...lines, `besides: ${summary(besides.map(captionOf))}`]
}

function summary(texts: readonly string[]): string {
  return texts.length <= 6 ? texts.join('; ') : `${texts.slice(0, 3).join('; ')}; and ${texts.length - 3} more`
}
