/** Long work in short slices, so that an event loop goes on turning. @module */

/** A request that comes in the middle of it waits no longer than for a signature check of a large key; `npm run bench -- crl` measures what becomes of it. */
const SLICE_MILLISECONDS = 3

/** Calls `step`, which takes well below a millisecond, until it returns true. Rejects with the signal's reason. */
export async function runInSlices(step: () => boolean, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted()
    const end = performance.now() + SLICE_MILLISECONDS
    do if (step()) return
    while (performance.now() < end)
    await nextTurn()
  }
}

/** Lets everything run that is waiting: timers and sockets, not only promises. */
function nextTurn(): Promise<void> {
  // Where there is no setImmediate a timer does, at the price of its least delay.
  const { setImmediate: soon } = globalThis as { setImmediate?: (callback: () => void) => void }
  return new Promise((resolve) => {
    if (soon !== undefined) soon(resolve)
    else setTimeout(resolve, 0)
  })
}
