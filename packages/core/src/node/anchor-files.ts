/** Trust anchors, or intermediates, in files: read at construction, and again whenever they change. @module */
import { readFileSync } from 'node:fs'
import type { CertificateFiles } from '../authenticate/certificate-files.ts'
import { type FileState, fileState, listFiles, watchFiles } from './watch-files.ts'

export interface AnchorFilesOptions {
  /** The label of every anchor in these files, which partners' rules then name. Required as soon as there are several CAs. */
  readonly label?: string
}

/** What CAs call their certificates. Keys, notes and unfinished copies in the same folder are not looked at. */
const EXTENSIONS = ['.pem', '.crt', '.cer', '.der']

/**
 * @param paths files or folders: PEM bundles or single DER certificates. Of a folder the files that end in `.pem`, `.crt`,
 *   `.cer` or `.der` are read, without those of folders in it
 * @example
 * countersign({ certificate: { anchors: anchorFiles('anchors/'), revocation: crlFiles('crls/') }, key: { registry } })
 * @throws TypeError for no path, or an empty label. What the files hold is checked when an authenticator reads them: one
 *   broken block refuses all
 */
export function anchorFiles(paths: string | readonly string[], options: AnchorFilesOptions = {}): CertificateFiles {
  const list = typeof paths === 'string' ? [paths] : paths
  if (!Array.isArray(list) || list.length === 0 || list.some((path) => typeof path !== 'string' || path === '')) {
    throw new TypeError('anchorFiles: the path of a file or folder, or a list of them')
  }
  const { label } = options
  if (label !== undefined && (typeof label !== 'string' || label === '')) {
    throw new TypeError('anchorFiles: label: text that partners’ rules can name')
  }
  const watched = { paths: [...list], extensions: EXTENSIONS }
  let seen: FileState | undefined
  return {
    kind: 'certificate-files',
    name: list.join(', '),
    read() {
      seen = fileState(watched)
      return readAll(watched.paths, () => listFiles(watched)).map((data) => ({ data, label }))
    },
    watch: (onChange) => watchFiles(watched, seen ?? fileState(watched), onChange),
  }
}

function readAll(paths: readonly string[], list: () => readonly string[]): readonly (string | Uint8Array)[] {
  try {
    return list().map((file) => textOrDer(readFileSync(file)))
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    throw new TypeError(`anchorFiles: cannot read ${paths.join(', ')}: ${cause}`, { cause: error })
  }
}

/** A certificate in DER is a SEQUENCE; no PEM text begins with that octet, the digit 0. */
function textOrDer(contents: Buffer): string | Uint8Array {
  return contents[0] === 0x30 && contents[1] !== undefined && contents[1] >= 0x80
    ? new Uint8Array(contents)
    : contents.toString('utf8')
}
