import { z } from 'zod'

/** One thing wrong with the configuration: where, and what to do. `path` is '' for the whole. */
export interface Problem {
  readonly path: string
  readonly message: string
}

/** The configuration can't be used. The message names every problem, one a line. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[]
  constructor(source: string, problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`)
    super(`${source} can't be used:\n${lines.join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/

/** `journey.touchpoints["checkout.payment"].idle`, `keys[0].key` */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const key = String(part)
    if (!PLAIN_KEY.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')

/** An object whose unknown keys are errors that tell the known ones. */
export const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: issue => {
      if (issue.code !== 'unrecognized_keys') return undefined
      const known = Object.keys(shape).join(', ')
      return `unknown here; the keys known here are ${known}`
    },
  })

const A: Record<string, string> = {
  string: 'a string in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list in [ ]',
  object: 'an object in { }',
  record: 'an object in { }',
}

const problemsOf = (issue: z.core.$ZodIssue): Problem[] => {
  const path = pathText(issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => ({ path: pathText([...issue.path, key]), message: issue.message }))
    case 'invalid_type':
      if (!issue.message.startsWith('Invalid input')) return [{ path, message: issue.message }]
      return issue.message.endsWith('undefined')
        ? [{ path, message: `is missing; it must be ${A[issue.expected] ?? issue.expected}` }]
        : [{ path, message: `must be ${A[issue.expected] ?? issue.expected}` }]
    case 'invalid_value':
      if (!issue.message.startsWith('Invalid')) return [{ path, message: issue.message }]
      return [{ path, message: `must be one of ${issue.values.map(value => JSON.stringify(value)).join(', ')}` }]
    case 'too_small':
      return [
        { path, message: issue.message.startsWith('Too small') ? `must be at least ${issue.minimum}` : issue.message },
      ]
    case 'too_big':
      return [
        { path, message: issue.message.startsWith('Too big') ? `must be at most ${issue.maximum}` : issue.message },
      ]
    case 'invalid_key':
      return issue.issues.map(inner => ({ path, message: inner.message }))
    default:
      return [{ path, message: issue.message }]
  }
}

export const problemsFrom = (error: z.ZodError): Problem[] => error.issues.flatMap(problemsOf)
