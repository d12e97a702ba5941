/** The same bytes in pieces of `sizeBytes`, the last one shorter; none where there are no bytes. */
export async function* rechunk(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let held = new Uint8Array(sizeBytes)
  let heldBytes = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.subarray(at, at + sizeBytes - heldBytes)
      held.set(taken, heldBytes)
      heldBytes += taken.length
      at += taken.length
      if (heldBytes < sizeBytes) continue
      yield held
      held = new Uint8Array(sizeBytes)
      heldBytes = 0
    }
  }
  if (heldBytes > 0) yield held.subarray(0, heldBytes)
}
