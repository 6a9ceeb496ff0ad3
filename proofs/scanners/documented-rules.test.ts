/** The rules of docs/keys.md in the scanners that they are for: every issued key is found, and nothing in ordinary source. @module */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { generateKey, looksLikeKey } from '@countersign/core/keys'
import { describe, expect, it, onTestFinished } from 'vitest'
import { missing } from '../../tools/needs.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/keys.md'), 'utf8')

/** Where people leave keys. Each file gets keys of its own. */
const PLACES: Readonly<Record<string, (key: string) => string>> = {
  '.env': (key) => `API_KEY=${key}\n`,
  'client.ts': (key) => `const client = connect({ key: '${key}' })\n`,
  'minified.js': (key) => `var a={b:"x",k:"${key}",c:1};`,
  'config.json': (key) => JSON.stringify({ partner: { key } }),
  'values.yaml': (key) => `partner:\n  key: ${key}\n`,
  'access.log': (key) => `GET /orders?api_key=${key}&page=2 400\n`,
  'notes.md': (key) => `Use \`${key}\`, or "secret-token:${key}".\n`,
  'call.sh': (key) => `curl -H "Authorization: Bearer ${key}" https://api.example/\n`,
}

/** More than a megabyte that people wrote, and that machines did. */
const ORDINARY = [
  'packages/*/src/**/*.ts',
  'packages/*/package.json',
  'docs/*.md',
  'test-fixtures/**/*.json',
  'pnpm-lock.yaml',
]

interface Found {
  readonly file: string
  readonly keys: readonly string[]
}

/** A folder with a key of each environment in every place. */
function leakKeys(): { folder: string; keys: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'leaked-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const keys: string[] = []
  for (const [name, write] of Object.entries(PLACES)) {
    const own = ['cs_live', 'cs_test'].map((prefix) => generateKey({ prefix }))
    keys.push(...own)
    writeFileSync(join(folder, name), own.map(write).join('\n'))
  }
  return { folder, keys }
}

function ordinaryFiles(): readonly string[] {
  const files = globSync(ORDINARY, { cwd: ROOT }).map((file) => resolve(ROOT, file))
  expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeGreaterThan(1_000_000)
  return files
}

function documented(language: string): string {
  const [, block] = new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``).exec(PAGE) ?? []
  if (block === undefined) throw new Error(`docs/keys.md: no block of ${language}`)
  return block
}

describe('secretlint', () => {
  function scan(files: readonly string[]): readonly Found[] {
    const folder = mkdtempSync(join(tmpdir(), 'secretlint-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const rules = join(folder, '.secretlintrc.json')
    writeFileSync(rules, documented('json'))
    const program = join(ROOT, 'proofs/node_modules/.bin/secretlint')
    const options = ['--secretlintrc', rules, '--format', 'json', '--no-maskSecrets', '--no-glob']
    const { stdout, stderr } = spawnSync(program, [...options, ...files], {
      cwd: join(ROOT, 'proofs'),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    expect(stderr).toBe('')
    const results = JSON.parse(stdout) as {
      filePath: string
      sourceContent: string
      messages: { range: [number, number] }[]
    }[]
    expect(results, 'every file was looked at').toHaveLength(files.length)
    return results.map(({ filePath, sourceContent, messages }) => ({
      file: filePath,
      keys: messages.map(({ range }) => sourceContent.slice(...range)),
    }))
  }

  it('finds every issued key, whole, wherever it stands', () => {
    const { folder, keys } = leakKeys()
    const found = scan(Object.keys(PLACES).map((name) => join(folder, name)))
    expect(new Set(found.flatMap((file) => file.keys))).toEqual(new Set(keys))
  })

  it('finds nothing in a megabyte of ordinary source', () => {
    expect(scan(ordinaryFiles()).filter(({ keys }) => keys.length > 0)).toEqual([])
  })
})

describe.skipIf(missing('git-secrets'))('git-secrets (needs git-secrets)', () => {
  /** Lines of `file:line:text`. */
  function scan(files: readonly string[]): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), 'git-secrets-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    execFileSync('git', ['init', '--quiet', folder])
    execFileSync('sh', ['-c', documented('sh')], { cwd: folder })
    // It looks at files of its repository alone.
    const names = files.map((file, n) => `${n}-${basename(file)}`)
    for (const [n, name] of names.entries()) copyFileSync(files[n] as string, join(folder, name))
    const { stdout, stderr, status } = spawnSync('git', ['secrets', '--scan', '--no-index', ...names], {
      cwd: folder,
      encoding: 'utf8',
    })
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => /^\d+-[^:]+:\d+:/.test(line))
    expect(status).toBe(lines.length > 0 ? 1 : 0)
    return lines
  }

  it('finds every line with an issued key', () => {
    const { folder, keys } = leakKeys()
    const lines = scan(Object.keys(PLACES).map((name) => join(folder, name)))
    for (const key of keys) expect(lines.filter((line) => line.includes(key))).not.toEqual([])
  })

  it('finds nothing in a megabyte of ordinary source', () => {
    expect(scan(ordinaryFiles())).toEqual([])
  })
})

describe('the rules for scanners that cannot be had here', () => {
  /** RE2 and Hyperscan, which gitleaks and GitHub use, know of this no more and no less than any engine. */
  const COMMON = /^[A-Za-z_0-9[\]{}(?:|)-]+$/

  it.each([
    ['gitleaks', 'toml', /regex = '''(.*)'''/],
    ['GitHub', 'regex', /^(.*)$/m],
  ])('%s: the same expression, in syntax that all engines share', (_, language, where) => {
    const [, expression = ''] = where.exec(documented(language)) ?? []
    expect(expression).toMatch(COMMON)
    expect(documented('json')).toContain(`/${expression}/`)
    const key = generateKey({ prefix: 'cs_test' })
    expect(new RegExp(expression).exec(`x${key}x`)?.[0]).toBe(key)
    expect(looksLikeKey(key)).toBe(true)
  })
})
