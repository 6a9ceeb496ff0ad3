import { existsSync, readdirSync } from 'node:fs'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import TestReport from './tools/test-report.ts'

const packages = readdirSync('packages').filter((name) => existsSync(`packages/${name}/package.json`))

export default defineConfig({
  test: {
    projects: [
      ...packages.map((name) => project(name, `packages/${name}`, ['src/**/*.test.ts', 'test/**/*.test.ts'])),
      ...['examples', 'tools'].filter((name) => existsSync(name)).map((name) => project(name, name, ['**/*.test.ts'])),
      types(),
    ],
    allowOnly: false,
    // Against a test that never ends; one that takes its time on a busy machine has not failed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A process for each file costs 0.2 s; tests leave nothing behind instead.
    isolate: false,
    // Half of what the tests do is wait for sockets and clocks, so one worker, the default on two cores, leaves both idle.
    maxWorkers: 3,
    reporters: ['default', new TestReport()],
    // `npm run coverage`. Not part of `npm test`: counting makes tight loops several times slower.
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary', 'lcovonly'],
    },
  },
})

/** Tests run against the sources of all packages, without a build. */
function project(name: string, root: string, include: string[]): TestProjectInlineConfiguration {
  return {
    extends: true,
    resolve: { conditions: ['@countersign/source'] },
    ssr: { resolve: { conditions: ['@countersign/source'] } },
    test: { name, root, include },
  }
}

/** Every package's type tests as one project, so that the compiler runs once. */
function types(): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: 'types',
      include: [],
      typecheck: {
        enabled: true,
        only: true,
        include: ['packages/*/test-d/**/*.test-d.ts'],
        tsconfig: 'tsconfig.test.json',
        // `npm run check` compiles the same files and reports these.
        ignoreSourceErrors: true,
      },
    },
  }
}
