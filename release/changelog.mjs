// CHANGELOG.md in the form of keepachangelog.com.

const HEADING = /^## \[Unreleased\]$/m
const RELEASE = /^## \[(\d+\.\d+\.\d+)\]/gm

export const releasesIn = text => [...text.matchAll(RELEASE)].map(([, version]) => version)

/** What stands under `Unreleased`, without spaces around it. */
export const unreleasedIn = text => {
  const [, after] = text.split(HEADING)
  if (after === undefined) throw new Error('CHANGELOG.md has no heading "## [Unreleased]"')
  return after.split(/^## /m)[0].trim()
}

/** The text in which what was unreleased is `version` of `date` (YYYY-MM-DD), below an empty `Unreleased`. */
export const stamped = (text, version, date) => {
  if (releasesIn(text).includes(version)) throw new Error(`CHANGELOG.md has a ${version} already`)
  if (unreleasedIn(text) === '') throw new Error('CHANGELOG.md says nothing under "## [Unreleased]": say what is new')
  return text.replace(HEADING, `## [Unreleased]\n\n## [${version}] - ${date}`)
}
