import { describe, expect, it } from 'vitest'
import { extractModules, findBrokenLinks } from './check-docs.ts'

function page(text: string): { path: string; lines: string[] } {
  return { path: 'docs/page.md', lines: text.split('\n') }
}

describe('extractModules', () => {
  it('makes a module of each TypeScript block and keeps its lines where they are', () => {
    const [first, second, ...rest] = extractModules(
      page('# Title\n\n```ts\nconst a = 1\n```\n\n```ts\nconst a = 2\n```'),
    )
    expect(first?.split('\n')[3]).toBe('const a = 1')
    expect(first).not.toContain('const a = 2')
    expect(second?.split('\n')[7]).toBe('const a = 2')
    expect(rest).toEqual([])
  })

  it('leaves other languages alone', () => {
    expect(
      extractModules(page('```sh\nnpm test\n```\n\n```\nplain\n```\n\n````md\n```ts\nconst a = 1\n```\n````')),
    ).toEqual([])
  })

  it('puts a prelude before its block', () => {
    const [module] = extractModules(page("<!-- prelude\nimport { x } from 'x'\n-->\n```ts\nuse(x)\n```"))
    expect(module).toMatch(/import \{ x \} from 'x'\n+use\(x\)/)
  })

  it('joins a block that continues the one before it', () => {
    const modules = extractModules(page('```ts\nconst a = 1\n```\n<!-- continues -->\n```ts\nuse(a)\n```'))
    expect(modules).toHaveLength(1)
    expect(modules[0]).toMatch(/const a = 1\n+use\(a\)/)
  })
})

describe('findBrokenLinks', () => {
  const files: Readonly<Record<string, string>> = {
    'docs/other.md': '# Other page\n\n## What `x()` does, in short\n\n## Twice\n\n## Twice\n',
    'docs/page.md': '# Here\n',
    LICENSE: '',
  }
  const read = (path: string): string | undefined => files[path]

  it.each([
    '[a](other.md)',
    '[a](./other.md#other-page)',
    '[a](other.md#what-x-does-in-short)',
    '[a](other.md#twice-1)',
    '[a](../LICENSE "the licence")',
    '[a](#here)',
    '[a](https://example.com/x)',
    '`[a](missing.md)`',
    '```md\n[a](missing.md)\n```',
  ])('follows %s', (text) => {
    expect(findBrokenLinks(page(text), read)).toEqual([])
  })

  it.each(['[a](missing.md)', '[a](other.md#missing)', '[a](other.md#twice-2)', '![a](picture.png)'])(
    'reports %s with its line',
    (text) => {
      expect(findBrokenLinks(page(`\n${text}`), read)).toEqual([expect.stringMatching(/^docs\/page\.md:2: /)])
    },
  )
})
