/** For Workers: the results as the response. @module */
import { runAll } from './all.ts'

export default {
  fetch: async (): Promise<Response> => Response.json(await runAll()),
}
