/** What a started program may know of the shell's environment: no secret of it is any of its business. */
export type Inherited = 'server' | 'installer'

const plain = /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|JAVA_HOME)$/

/** What besides leads installers to their registries: proxies, mirrors, certificates, and where their caches are. */
const forInstallers =
  /^((https?|no|all)_proxy|npm_config_\w+|pip_\w+|go(proxy|sumdb|nosumdb|nosumcheck|private|noproxy|flags|path|modcache|cache|toolchain)|maven_\w+|ssl_cert_(file|dir)|node_extra_ca_certs|requests_ca_bundle|curl_ca_bundle|xdg_\w+)$/i

/** The part of the environment that a server, or the installer of one, is given. */
export function childEnvironment(
  inherited: Inherited,
  env: Readonly<NodeJS.ProcessEnv> = process.env
): Record<string, string> {
  const isGiven = (name: string) =>
    plain.test(name) || (inherited === 'installer' && forInstallers.test(name))
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => isGiven(entry[0]) && entry[1] !== undefined
    )
  )
}
