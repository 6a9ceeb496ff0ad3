import { defineConfig } from 'vitest/config'

const packages = ['core', 'testing', 'conformance', 'express', 'koa', 'hono']

export default defineConfig({
  test: {
    projects: packages.map((name) => ({
      extends: true as const,
      resolve: { conditions: ['@countersign/source'] },
      ssr: { resolve: { conditions: ['@countersign/source'] } },
      test: {
        name,
        root: `packages/${name}`,
        include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
        typecheck: { enabled: true, include: ['test-d/**/*.test-d.ts'], tsconfig: '../../tsconfig.test.json' },
      },
    })),
    coverage: { provider: 'v8', include: ['packages/*/src/**'], reporter: ['text-summary', 'lcov'] },
  },
})
