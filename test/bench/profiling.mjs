/** What Node needs to write a CPU profile of each of its threads into `folder` at its end; null: none. */
export const profiling = (folder = null) => (folder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`])
