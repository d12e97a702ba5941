/** A name in the eyes of one member. */
export interface Spot {
  readonly name: string
  /** Who holds it or is about to, as far as is known; null: it is free. */
  readonly holder: string | null
  /** Of one that is free: who had it last and hasn't given it back. */
  readonly lastHolder: string | null
  /** How long it has been free. */
  readonly freeMs: number
  /** I can't take it or give it up now: I failed at it, or am on my way out of it. */
  readonly isBarred: boolean
}

export interface Balance {
  readonly take: readonly string[]
  readonly give: readonly string[]
}

/** FNV-1a: the same order everywhere, another one for each name, so that members rarely reach for the same. */
const rank = (name: string, owner: string): number => {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(`${name} ${owner}`)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** The most that anybody should hold. */
export const shareOf = (names: number, members: number): number => Math.ceil(names / Math.max(1, members))

/**
 * What `me` should take and give up. Nobody is to hold more than its share; nothing moves but for that. Free names go
 * to who had them and lives, else to who has the fewest: members who know the same reach for different ones. One that
 * stays free for `patienceMs` goes to anybody with room.
 */
export const balance = (
  spots: readonly Spot[],
  members: readonly string[],
  me: string,
  { patienceMs, moves }: { readonly patienceMs: number; readonly moves: number },
): Balance => {
  const share = shareOf(spots.length, members.length)
  const loads = new Map(members.map(member => [member, 0]))
  for (const { holder } of spots) if (holder !== null) loads.set(holder, (loads.get(holder) ?? 0) + 1)
  const load = (member: string): number => loads.get(member) ?? 0

  const mine = spots.filter(({ holder }) => holder === me)
  const leaving = mine.filter(({ isBarred }) => isBarred).length
  const excess = Math.min(load(me) - leaving - share, moves - leaving)
  if (excess > 0) {
    const byRank = mine.filter(({ isBarred }) => !isBarred).sort((a, b) => rank(a.name, me) - rank(b.name, me))
    return { take: [], give: byRank.slice(-excess).map(({ name }) => name) }
  }

  const take: string[] = []
  let room = share - load(me)
  const free = spots.filter(({ holder }) => holder === null).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const { name, lastHolder, freeMs, isBarred } of free) {
    const open = members.filter(member => load(member) < share && !(member === me && isBarred))
    const byLoad = (a: string, b: string): number => load(a) - load(b) || rank(name, a) - rank(name, b)
    const next = open.includes(lastHolder ?? '') ? lastHolder : open.sort(byLoad)[0]
    if (next === undefined || next === null) continue
    loads.set(next, load(next) + 1)
    if (isBarred || room <= 0 || (next !== me && freeMs < patienceMs)) continue
    take.push(name)
    room--
  }
  return { take, give: [] }
}
