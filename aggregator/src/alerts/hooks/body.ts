import type { Incident } from '@pulssi/protocol/client'
import type { Hook } from '../../config/index.js'
import { TEST_WORDS, type Words, wordsOf } from './words.js'

/** What a message tells: an incident that came into a state, or that the hook works. */
export type News = { readonly type: 'incident'; readonly incident: Incident } | { readonly type: 'test' }

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false })

/** https://docs.slack.dev/reference/block-kit: plain text in blocks is never read as markup. */
const slack = ({ title, lines }: Words): unknown => ({
  text: title,
  blocks: [
    { type: 'header', text: plain(title) },
    { type: 'section', text: plain(lines.join('\n')) },
  ],
})

const paragraph = (text: string, style: object) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...style }],
})

/** https://adaptivecards.io: text runs, unlike text blocks, know no markup. */
const teams = ({ title, lines }: Words): unknown => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [paragraph(title, { weight: 'Bolder', size: 'Medium' }), ...lines.map(line => paragraph(line, {}))],
      },
    },
  ],
})

/** The payload form of Standard Webhooks: type, timestamp, data. */
const standard = (news: News, at: number): unknown => {
  const timestamp = new Date(at).toISOString()
  if (news.type === 'test') return { type: 'hook.test', timestamp, data: { message: TEST_WORDS.lines.join(' ') } }
  return { type: `incident.${news.incident.state}`, timestamp, data: news.incident }
}

/** A message as a hook's format wants it. `at`: when it happened, ms since 1970. */
export const bodyOf = (format: Hook['format'], news: News, at: number): string => {
  const words = news.type === 'test' ? TEST_WORDS : wordsOf(news.incident)
  switch (format) {
    case 'standard':
      return JSON.stringify(standard(news, at))
    case 'slack':
      return JSON.stringify(slack(words))
    case 'teams':
      return JSON.stringify(teams(words))
    default:
      return format satisfies never
  }
}
