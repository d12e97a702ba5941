/** The fields of an event's detail; none where it is not the JSON of an object. */
export function fieldsOf(detail: string): object {
  if (!detail.startsWith('{')) return {}
  try {
    return JSON.parse(detail) as object
  } catch {
    return {}
  }
}
