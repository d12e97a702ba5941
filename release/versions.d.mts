export const isVersion: (version: string) => boolean
export const compare: (a: string, b: string) => number
export const currentVersion: (root: string) => string
export const versionFiles: (root: string, version: string) => Map<string, string>
