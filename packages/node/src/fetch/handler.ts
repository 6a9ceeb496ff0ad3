/** What Bun, Deno, Workers and servers for Node call with a Fetch API request. @module */

/** @typeParam Platform what the runtime hands over beside the request; who is at the other end is told by the first of it */
export type FetchHandler<Platform extends unknown[]> = (
  request: Request,
  ...platform: Platform
) => Response | Promise<Response>

/** @typeParam Who the principal, or perhaps nobody */
export type GuardedFetchHandler<Who, Platform extends unknown[]> = (
  request: Request,
  principal: Who,
  ...platform: Platform
) => Response | Promise<Response>
