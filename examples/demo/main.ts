/**
 * `npm run demo`: ends with how many cases went as expected, and exits with 1 if any did not.
 * `npm run demo -- --serve`: goes on serving, and prints `curl` lines to paste.
 * @module
 */
import { runDemo, serveApis } from './demo.ts'
import { createStyle } from './report.ts'
import { serveOn } from './serve-on.ts'
import { createWorld } from './world.ts'

const [option, ...others] = process.argv.slice(2)
const serving = option === '--serve'
if ((option !== undefined && !serving) || others.length > 0) {
  console.error('Usage: npm run demo [-- --serve]')
  process.exit(2)
}

const style = createStyle(process.stdout.isTTY === true && !process.env.NO_COLOR)
const world = await createWorld()
// However it ends, nothing of it stays behind.
process.once('exit', () => world.close())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(serving ? 0 : 1))

const apis = await serveApis(world)
const outcomes = await runDemo(world, apis, style, console.log)
process.exitCode = outcomes.every(({ asExpected }) => asExpected) ? 0 : 1
if (serving) await serveOn(world, apis, style, console.log)
else await Promise.all(apis.map((api) => api.close()))
