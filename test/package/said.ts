/** What a program prints, until it has said what is waited for; it may go on printing after that. */
import type { ChildProcess } from 'node:child_process'

export const saidBy = ({ stdout }: ChildProcess, ...wanted: readonly RegExp[]): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    stdout?.on('data', chunk => {
      said += chunk
      if (wanted.every(one => one.test(said))) resolve(said)
    })
    stdout?.once('close', () => reject(new Error(`it ended, and had said: ${said}`)))
  })
