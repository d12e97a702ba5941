import type { Voice } from '@pulssi/protocol'
import { type Command, Option } from 'commander'
import { clean } from '../intake/index.js'
import { type AdminOptions, ask } from './admin.js'
import type { ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { urlOption, wholeNumber } from './options.js'

interface ListOptions extends AdminOptions {
  readonly limit: number
  readonly json?: true
}

interface ReplyOptions extends AdminOptions {
  readonly validFor?: string
}

const LIMIT = 20
const LIMIT_MOST = 200

const scoreOf = ({ scale, score }: Voice): string => (scale === null ? '–' : `${scale} ${score}`)

/** Whatever a server has kept from older days, a terminal takes no orders from it. */
const lineOf = (voice: Voice): string =>
  [voice.id, new Date(voice.at).toISOString(), voice.touchpoint, scoreOf(voice), clean(voice.text)].join('  ')

const list = async (io: Io, touchpoint: string, options: ListOptions): Promise<void> => {
  const query = new URLSearchParams({ touchpoint, limit: String(options.limit) })
  const response = await ask(io, options, `/v1/voice?${query}`, 'GET', { scope: 'voice' })
  const { voices } = (await response.json()) as { voices: readonly Voice[] }
  for (const voice of voices) print(io, options.json === true ? JSON.stringify(voice) : lineOf(voice))
  if (voices.length === 0 && options.json !== true) {
    print(io, 'there are no comments to show: they appear once five people were at a touchpoint')
  }
}

const reply = async (io: Io, id: string, text: string, options: ReplyOptions): Promise<void> => {
  const { validFor } = options
  const body = { text, ...(validFor !== undefined && { validFor }) }
  await ask(io, options, `/v1/voice/${encodeURIComponent(id)}/reply`, 'POST', { scope: 'reply', body })
  print(io, 'queued: it is shown on the open page, or at the next visit within its time')
}

const tokenOption = (scope: string): Option =>
  new Option('--token <token>', `token with the scope ${scope}, where the server asks for one (PULSSI_TOKEN)`)

export const addVoice = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const voice = program.command('voice').description('what people wrote: read the newest comments, or answer one')
  voice
    .command('list')
    .description('the newest comments, newest first')
    .argument('[touchpoint]', 'a name, or the start of one followed by *', '*')
    .option('--limit <count>', 'how many', wholeNumber(1, LIMIT_MOST), LIMIT)
    .option('--json', 'a JSON object a line')
    .addOption(urlOption(io))
    .addOption(tokenOption('voice'))
    .action(async (touchpoint: string, options: ListOptions) => {
      await list(io, touchpoint, options)
      done('ok')
    })
  voice
    .command('reply')
    .description('answer a comment: its visitor sees it on the open page, or at the next visit')
    .argument('<id>', 'of the comment, as in the list')
    .argument('<text>', 'what it says')
    .option('--valid-for <duration>', 'how long it may wait for the visitor, 10s to 30d; 7d unless said')
    .addOption(urlOption(io))
    .addOption(tokenOption('reply'))
    .action(async (id: string, text: string, options: ReplyOptions) => {
      await reply(io, id, text, options)
      done('ok')
    })
}
