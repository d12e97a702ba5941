import { useEffect, useState } from 'preact/hooks'

/** Whether a media query holds. */
export const useMedia = (query: string): boolean => {
  const [holds, setHolds] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const list = matchMedia(query)
    const read = (): void => setHolds(list.matches)
    list.addEventListener('change', read)
    read()
    return () => list.removeEventListener('change', read)
  }, [query])
  return holds
}
