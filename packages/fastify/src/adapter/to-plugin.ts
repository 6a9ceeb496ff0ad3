/** A hook as a plugin that acts where it is registered. @module */
import type { Hook, Plugin } from './fastify-types.ts'

/**
 * What the package fastify-plugin does, by the symbols that Fastify documents: without `skip-override`, the hook would hold
 * for routes inside the plugin alone, of which there are none, and the API would stand open.
 */
export function toPlugin(name: string, onRequest: Hook): Plugin {
  const plugin: Plugin = (instance, _options, done) => {
    instance.addHook('onRequest', onRequest)
    done()
  }
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: name,
    [Symbol.for('plugin-meta')]: { name, fastify: '5.x' },
  })
}
