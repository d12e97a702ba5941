/** The files of examples/deploy, as those who take them would read them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../package/pack.js'

const pathOf = (file: string): string => join(root, 'examples/deploy', file)

export const readDeployed = (file: string): string => readFileSync(pathOf(file), 'utf8')

export const readYaml = (file: string): unknown => parse(readDeployed(file), { merge: true, strict: true })

export interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly user: string
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: readonly string[]
  readonly volumes?: readonly string[]
  readonly networks?: readonly string[]
  readonly network_mode?: string
  readonly ports?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly restart: string
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly security_opt: readonly string[]
  readonly mem_limit: string
  readonly cpus: number
  readonly stop_grace_period?: string
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly ipam?: { config: readonly { subnet: string }[] } }>>
  readonly volumes: Readonly<Record<string, null>>
}

export const readCompose = (): Compose => readYaml('compose.yaml') as Compose

/** The names of the file of secrets, each with a value of its own; every one of digits, the hardest for NATS to read. */
export const secrets = (): Record<string, string> => {
  const names = [...readDeployed('env.example').matchAll(/^(\w+)=$/gm)].map(([, name = '']) => name)
  return Object.fromEntries(names.map((name, nth) => [name, `${nth + 1}`.repeat(32)]))
}

/** `${NAME}` and `${NAME:?…}` as compose fills them in. Throws where one is missing. */
export const interpolated = (text: string, env: Readonly<Record<string, string | undefined>>): string =>
  text.replace(/\$\{(\w+)(?::\?[^}]*)?\}/g, (_, name: string) => {
    const value = env[name]
    if (value === undefined) throw new Error(`${name} is not among the secrets`)
    return value
  })
