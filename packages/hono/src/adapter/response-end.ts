/** When a response is over, where no connection tells: once its body has been read to its end, or left. @module */
import type { Context } from 'hono'

/** Costs nothing unless somebody asked for the end, which only a reader of `principal.signal` does. */
export class ResponseEnd {
  readonly #listeners: (() => void)[] = []

  readonly onEnd = (ended: () => void): void => {
    this.#listeners.push(ended)
  }

  /** @param responding resolves when the response is there, its body perhaps still to come */
  async watch(c: Context, responding: Promise<void>): Promise<void> {
    try {
      await responding
    } catch (error) {
      this.#tell()
      throw error
    }
    if (this.#listeners.length === 0) return
    const { body } = c.res
    if (body === null) this.#tell()
    else c.res = new Response(this.#telling(body), c.res)
  }

  #telling(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader()
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read()
          if (!done) return controller.enqueue(value)
          this.#tell()
          controller.close()
        } catch (error) {
          this.#tell()
          controller.error(error)
        }
      },
      cancel: (reason) => {
        this.#tell()
        return reader.cancel(reason)
      },
    })
  }

  #tell(): void {
    for (const ended of this.#listeners.splice(0)) ended()
  }
}
