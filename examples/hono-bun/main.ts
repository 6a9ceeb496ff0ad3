/** Behind a proxy that ends TLS and forwards the certificate: `bun main.ts folder`. @module */
import { rfc9440 } from '@countersign/core/sources'
import { authenticatorFor, createApp } from './app.ts'

declare const Bun: { serve(options: { hostname: string; port: number; fetch: unknown }): { readonly port: number } }

const [folder = 'files'] = process.argv.slice(2)
const app = createApp(authenticatorFor(folder, rfc9440({ from: ['127.0.0.1'] })))

// Bun.serve hands itself to app.fetch: from it the adapter knows the address of the proxy.
const { port } = Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000), fetch: app.fetch })
console.log(`http://127.0.0.1:${port}`)
