export { TouchpointView } from './view.js'
