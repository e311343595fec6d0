import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificates {
  /** The certificate that both others come from, in PEM. */
  ca: string
  /** Another one that nothing comes from. */
  otherCa: string
  /** Files of a server's certificate for a host, and of its key. */
  forHost(host: string): { certificate: string; key: string }
}

/** Makes certificates in a folder. Everybody may read the keys, for a server runs under an account of its own. */
export function makeCertificates(folder: string): Certificates {
  const openssl = (...args: readonly string[]) => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const key = (name: string) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  const authority = (name: string) => {
    openssl('req', '-x509', '-days', '2', '-subj', `/CN=${name}`, '-out', `${name}.crt`, ...key(name))
    return readFileSync(join(folder, `${name}.crt`), 'utf8')
  }
  chmodSync(folder, 0o755)
  return {
    ca: authority('authority'),
    otherCa: authority('stranger'),
    forHost(host) {
      writeFileSync(join(folder, `${host}.ext`), `subjectAltName=DNS:${host}`)
      openssl('req', '-subj', `/CN=${host}`, '-out', `${host}.csr`, ...key(host))
      const signed = ['-CA', 'authority.crt', '-CAkey', 'authority.key', '-CAcreateserial', '-days', '2', '-extfile', `${host}.ext`]
      openssl('x509', '-req', '-in', `${host}.csr`, '-out', `${host}.crt`, ...signed)
      for (const end of ['crt', 'key']) chmodSync(join(folder, `${host}.${end}`), 0o644)
      return { certificate: join(folder, `${host}.crt`), key: join(folder, `${host}.key`) }
    },
  }
}
