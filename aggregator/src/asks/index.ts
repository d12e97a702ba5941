export { configuredAsks, configuredFor } from './configured.js'
export { type Doubt, doubtsAbout } from './doubts.js'
export { PolicyOwner } from './policy-owner.js'
export { type Told, Words } from './words.js'
