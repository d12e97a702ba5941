/** That of the package, which every hello names. `npm run release` writes it. */
export const VERSION = '0.1.0'
