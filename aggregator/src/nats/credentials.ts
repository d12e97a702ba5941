import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node'

const SEED = /^\s*(S[A-Z2-7]+)\s*$/

/** Signs in with what `read` gives at the time: a `.creds` file, or the seed of an nkey by itself. */
export const authenticatorOf =
  (read: () => Uint8Array): Authenticator =>
  nonce => {
    const bytes = read()
    const seed = SEED.exec(Buffer.from(bytes).toString())?.[1]
    const sign = seed === undefined ? credsAuthenticator(bytes) : nkeyAuthenticator(Buffer.from(seed))
    return sign(nonce)
  }
