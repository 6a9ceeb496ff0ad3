/** Runs an application behind a real proxy: writes its configuration, starts it, and calls it as three kinds of clients. @module */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { request } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommandLine } from 'countersign'
import { type Prepared, preparePartner } from 'countersign-partner-files'

export interface Example {
  /** The argument of `countersign config`. */
  readonly proxy: string
  /** The command that starts the proxy in the foreground with what was written into the folder. */
  readonly start: (folder: string) => readonly [string, ...string[]]
  /** @param folder as `countersign-partner-files` prepares it */
  readonly application: (folder: string) => Application
}

export interface Application {
  readonly listener: RequestListener
  /** Stops watching the folder. */
  close(): Promise<void>
}

/** Loopback stands for the network between proxy and application. */
export const PROXY_ADDRESS = '127.0.0.1'

const START_MILLISECONDS = 20_000

/** @returns what each client was answered, one line each */
export async function runBehind(example: Example): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), `countersign-behind-${example.proxy}-`))
  const partner = (await preparePartner(folder)) as Prepared
  const application = example.application(folder)
  const server = createServer({ maxHeaderSize: 65_536 }, application.listener)
  let proxy: ChildProcess | undefined
  try {
    const upstream = await listen(server)
    const port = await freePort()
    await writeConfiguration(example.proxy, folder, port, upstream)
    proxy = await startProxy(example.start(join(folder, 'proxy')), port, folder)
    const ask = (headers: Readonly<Record<string, string>>, certificate: boolean): Promise<string> =>
      call(port, headers, readFileSync(join(folder, 'anchors/partners.pem'), 'utf8'), certificate ? partner : undefined)
    const key = { authorization: `Bearer ${partner.key}` }
    const stolen = Buffer.from(partner.client.certificate.der).toString('base64')
    return [
      `certificate and key: ${await ask(key, true)}`,
      `key alone: ${await ask(key, false)}`,
      `key and a forged Client-Cert: ${await ask({ ...key, 'client-cert': `:${stolen}:` }, false)}`,
    ]
  } finally {
    await stop(proxy)
    server.closeAllConnections()
    server.close()
    await application.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function writeConfiguration(proxy: string, folder: string, port: number, upstream: number): Promise<void> {
  const out = join(folder, 'proxy')
  mkdirSync(out)
  // A proxy's workers run as somebody else and write their temporary files here.
  chmodSync(folder, 0o755)
  chmodSync(out, 0o777)
  // HAProxy looks for the key beside the certificate.
  symlinkSync(join(folder, 'server.key'), join(folder, 'server.pem.key'))
  const code = await runCommandLine(
    [
      ...[
        'config',
        proxy,
        '--server-name',
        'localhost',
        '--listen',
        `127.0.0.1:${port}`,
        '--upstream',
        `127.0.0.1:${upstream}`,
      ],
      ...['--certificate', join(folder, 'server.pem'), '--key', join(folder, 'server.key')],
      ...['--client-ca', join(folder, 'anchors/partners.pem'), '--run', out, '--out', out],
    ],
    { out: () => undefined, err: () => undefined },
  )
  if (code !== 0) throw new Error(`countersign config ${proxy} ended with ${code}`)
}

async function startProxy(
  [command, ...args]: readonly [string, ...string[]],
  port: number,
  home: string,
): Promise<ChildProcess> {
  const env = { PATH: `${process.env.PATH}:/usr/sbin`, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home }
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += data
  })
  const deadline = Date.now() + START_MILLISECONDS
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop(child)
      throw new Error(`${command} does not listen: ${complaint}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return child
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

function call(
  port: number,
  headers: Readonly<Record<string, string>>,
  ca: string,
  partner: Prepared | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    request(
      { host: 'localhost', port, path: '/orders', headers, ca, agent: false, ...(partner?.client.tls ?? {}) },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => {
          const body = JSON.parse(text) as { partner?: string; code?: string }
          resolve(`${response.statusCode} ${body.partner ?? body.code}`)
        })
      },
    )
      .once('error', reject)
      .end()
  })
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
}

async function freePort(): Promise<number> {
  const server = createTcpServer()
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )
  await new Promise((resolve) => server.close(resolve))
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
