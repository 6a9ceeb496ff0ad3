/** Behind a proxy that ends TLS and forwards the certificate: `deno run -A main.ts folder`. @module */
import process from 'node:process'
import { rfc9440 } from '@countersign/core/sources'
import { authenticatorFor, createApp } from './app.ts'

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen: (address: { readonly port: number }) => void },
    handler: unknown,
  ): unknown
}

const [folder = 'files'] = process.argv.slice(2)
const app = createApp(authenticatorFor(folder, rfc9440({ from: ['127.0.0.1'] })))

// Deno.serve tells app.fetch the address of the proxy, and never whether its own connection is TLS.
const onListen = ({ port }: { readonly port: number }) => console.log(`http://127.0.0.1:${port}`)
Deno.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000), onListen }, app.fetch)
