// A bench runs in a process of its own; this is what it says to the one that prints.
const options = JSON.parse(process.argv[2] ?? '{}')

/** Small counts, for a smoke test. */
export const quick = options.quick === true
/** What else the caller asked for. */
export const asked = options

/**
 * One line of the table. `name` is a line of targets.mjs or one of its own; `ceiling` says what the same run measured
 * beside it; what is not valid counts as missed.
 */
export const result = (name, value, unit, ceiling = '', valid = true) =>
  send({ type: 'result', name, value, unit, ceiling, valid })

export const note = text => send({ type: 'note', text })

const send = message => {
  if (process.send) process.send(message)
  else console.log(JSON.stringify(message))
}
