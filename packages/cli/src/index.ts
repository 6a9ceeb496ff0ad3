/** The command line as functions, for programs and tests. @module */

export type { CommandIo, ExitCode } from './command/command.ts'
export { runCommandLine } from './command/run-command-line.ts'
export {
  type DoctorOptions,
  type DoctorReport,
  type Finding,
  type Outcome,
  runDoctor,
  type TransportFinding,
} from './doctor/run-doctor.ts'
export type { Address, ProxyConfiguration, ProxyDescription, ProxyKind } from './proxy/description.ts'
export { type ProxyVariant, proxyConfiguration } from './proxy/proxy-configuration.ts'
