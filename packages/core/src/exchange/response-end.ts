/** When a response is over, where no connection tells: once its body has been read to its end, or left. @module */

/** Costs nothing unless somebody asked for the end, which only a reader of `principal.signal` does. */
export class ResponseEnd {
  readonly #listeners: (() => void)[] = []

  readonly onEnd = (ended: () => void): void => {
    this.#listeners.push(ended)
  }

  /**
   * @param responding resolves when the response is there, its body perhaps still to come
   * @returns the response, another one if its end is to be told
   */
  async watch(responding: Response | Promise<Response>): Promise<Response> {
    let response: Response
    try {
      response = await responding
    } catch (error) {
      this.#tell()
      throw error
    }
    if (this.#listeners.length === 0) return response
    if (response.body !== null) return new Response(this.#telling(response.body), response)
    this.#tell()
    return response
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
