/** What workers say of the partitions that they take and leave, with times in ms since 1970. */
export class Leasing {
  taken = []
  left = []

  /** For `onLine` of a worker. */
  hear = ({ msg, time, partition, tookMs }) => {
    if (msg === 'partition taken') this.taken.push({ partition, begun: time - tookMs, ended: time })
    else if (msg === 'partition left') this.left.push({ partition, ended: time })
  }

  clear() {
    this.taken = []
    this.left = []
  }
}
