/** For runtimes with a standard output: the results as the last line. @module */
import { runAll } from './all.ts'

console.log(JSON.stringify(await runAll()))
