/**
 * What a browser gets of the SDK: its entries as ESM with all that they need of the protocol inside, the same as files
 * for script tags, and types that name no other package. `tsc -b` has written sdk/dist/tsc and protocol/dist before.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'

const compiled = 'sdk/dist/tsc'
const entries = {
  index: `${compiled}/index.js`,
  keep: `${compiled}/keep/index.js`,
  live: `${compiled}/live/index.js`,
  widget: `${compiled}/widget/index.js`,
  auto: `${compiled}/auto/index.js`,
  react: `${compiled}/react/index.js`,
}

const copyTypes = (from, to) => {
  for (const name of readdirSync(from, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue
    const target = join(to, name)
    const protocol = relative(dirname(resolve(target)), resolve('sdk/dist/types/protocol/index.js'))
    const text = readFileSync(join(from, name), 'utf8')
      .replaceAll("'@pulssi/protocol/client'", `'${protocol}'`)
      .replace(/^\/\/# sourceMappingURL=.*$/m, '')
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
}

const selfContainedTypes = () => ({
  name: 'self-contained-types',
  writeBundle() {
    copyTypes('protocol/dist/client', 'sdk/dist/types/protocol')
    copyTypes(compiled, 'sdk/dist/types/sdk')
  },
})

/** The shorter word for the same: what may be assigned only once has been checked by then. */
const letForConst = () => ({
  name: 'let-for-const',
  renderChunk: code => ({ code: code.replace(/\bconst /g, 'let '), map: null }),
})

/** Names that begin with $ are private to the SDK and its own objects. */
const minify = options =>
  terser({
    ecma: 2020,
    compress: {
      passes: 6,
      inline: 2,
      loops: false,
      lhs_constants: false,
      pure_getters: true,
      // Means that nobody has replaced what belongs to JavaScript itself.
      unsafe: true,
      unsafe_arrows: true,
      ...options,
    },
    mangle: { properties: { regex: /^\$/ } },
  })

/** Style sheets without what only those who write them need. */
const tightStyles = () => ({
  name: 'tight-styles',
  transform: (code, id) =>
    id.endsWith('/style.js')
      ? {
          code: code.replace(/`[^`]*`/, css =>
            css
              .replace(/\s+/g, ' ')
              .replace(/ ?([{};,]) ?/g, '$1')
              .replace(/: /g, ':')
              .replaceAll(';}', '}'),
          ),
          map: null,
        }
      : null,
})

/** What an `integrity` attribute says of each file for script tags; equal sources make equal bytes. */
const hashes = {}
const integrity = file => ({
  name: 'integrity',
  writeBundle({ file: path }) {
    hashes[file] = `sha384-${createHash('sha384').update(readFileSync(path)).digest('base64')}`
    writeFileSync(join(dirname(path), 'integrity.json'), `${JSON.stringify(hashes, null, 2)}\n`)
    console.log(`${file} ${hashes[file]}`)
  },
})

const script = (entry, file, form = { format: 'iife' }, options = {}) => ({
  input: `${compiled}/${entry}.js`,
  plugins: [nodeResolve(), tightStyles(), integrity(file)],
  output: {
    file: `sdk/dist/${file}`,
    strict: false,
    plugins: [letForConst(), minify(options)],
    ...form,
  },
})

/** For rollup. */
export const sdk = [
  {
    input: entries,
    external: ['react'],
    plugins: [nodeResolve(), selfContainedTypes()],
    output: {
      dir: 'sdk/dist',
      format: 'es',
      entryFileNames: '[name].js',
      chunkFileNames: 'shared.js',
      // Its hooks are for components of the client, where a framework tells them apart.
      banner: ({ name }) => (name === 'react' ? "'use client'\n" : ''),
    },
  },
  script('script', 'pulssi.min.js', { format: 'iife', name: 'pulssi' }),
  script('keep/script', 'keep.min.js', { format: 'iife', name: 'pulssi' }),
  script('live/script', 'live.min.js', { format: 'iife', name: 'pulssiLive' }),
  // What takes the fewest bytes here; it compares no number with what is none.
  script(
    'widget/script',
    'widget.min.js',
    { format: 'iife', name: 'pulssiWidget' },
    { passes: 3, inline: 1, reduce_funcs: false, unsafe_comps: true },
  ),
  // None of its own booleans is handed out: the browser and it take 1 for true.
  script('auto/script', 'auto.min.js', { format: 'iife', name: 'pulssiAuto' }, { booleans_as_integers: true }),
  script('marks/script', 'marks.min.js'),
  // A block with nothing around it, for classic scripts.
  script('marks/stub', 'stub.min.js', { format: 'es' }),
]
