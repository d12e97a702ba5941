export const releasesIn: (text: string) => string[]
export const unreleasedIn: (text: string) => string
export const stamped: (text: string, version: string, date: string) => string
