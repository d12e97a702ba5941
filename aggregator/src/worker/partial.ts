/**
 * A partial's message on the Bus: `sequence:f64le partial`. The sequence is that of the last entry folded into it, so
 * that a board knows what it has seen; the partial is empty where the entries changed nothing.
 */
const HEADER_BYTES = 8

export const partialSubject = (partition: number): string => `partial.${partition}`
export const PARTIALS = 'partial.>'

export const partitionOf = (subject: string): number => Number(subject.slice(subject.indexOf('.') + 1))

export const packPartial = (sequence: number, partial: Uint8Array | null): Uint8Array => {
  const message = new Uint8Array(HEADER_BYTES + (partial?.length ?? 0))
  new DataView(message.buffer).setFloat64(0, sequence, true)
  if (partial !== null) message.set(partial, HEADER_BYTES)
  return message
}

export const unpackPartial = (message: Uint8Array): { sequence: number; partial: Uint8Array | null } => {
  const sequence = new DataView(message.buffer, message.byteOffset, message.byteLength).getFloat64(0, true)
  return { sequence, partial: message.length === HEADER_BYTES ? null : message.subarray(HEADER_BYTES) }
}
