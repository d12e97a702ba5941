/** What a chat would read as markup, and what looks like it. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '&': '＆',
  '<': '‹',
  '>': '›',
  '*': '∗',
  '`': 'ʼ',
  '~': '∼',
  '[': '［',
  ']': '］',
  '@': '＠',
}

/**
 * A name as a chat may show it: one line, without control characters and marks that turn or hide text, and without
 * what mentions, links or formats. Names of roll-ups keep the `~` that they begin with, in another form.
 */
export const harmless = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}\p{Co}]/gu, '')
    .replace(/[&<>*`~[\]@]/g, mark => LOOK_ALIKES[mark] ?? '')
