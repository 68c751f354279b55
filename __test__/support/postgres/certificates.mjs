// Certificates for servers, made by the `openssl` of this machine: an authority, and what it signed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Authority {
  #folder = mkdtempSync(join(tmpdir(), 'visual-db-authority-'));
  /** The path of its own certificate. */
  certificate = join(this.#folder, 'ca.crt');

  constructor(name = 'Authority of the tests') {
    const key = join(this.#folder, 'ca.key');
    this.#openssl(
      'req',
      '-x509',
      ...KEY,
      '-keyout',
      key,
      '-out',
      this.certificate,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    );
  }

  /** The two files of a server that is called so; from which day on and for how many its certificate holds. */
  files(host, { from = 0, days = 1 } = {}) {
    const at = (name) => join(this.#folder, name);
    this.#openssl('req', '-new', ...KEY, '-keyout', at('key'), '-out', at('request'), '-subj', '/CN=server');
    const kind = /^[\d.]+$/.test(host) ? 'IP' : 'DNS';
    writeFileSync(at('extensions'), `subjectAltName=${kind}:${host}\n`);
    const time = (day) => new Date(Date.now() + day * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
    // `x509 -days` counts from now on, and takes no other beginning.
    writeFileSync(at('index'), '');
    writeFileSync(at('serial'), '01\n');
    writeFileSync(
      at('ca.conf'),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${at('index')}\nserial=${at('serial')}\nnew_certs_dir=${this.#folder}\n` +
        `default_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n`,
    );
    const dates = ['-startdate', time(from), '-enddate', time(from + days)];
    const own = ['-cert', this.certificate, '-keyfile', at('ca.key'), '-config', at('ca.conf')];
    this.#openssl(
      'ca',
      '-batch',
      '-notext',
      ...own,
      ...dates,
      '-extfile',
      at('extensions'),
      '-in',
      at('request'),
      '-out',
      at('crt'),
    );
    return { 'server.crt': readFileSync(at('crt'), 'utf8'), 'server.key': readFileSync(at('key'), 'utf8') };
  }

  remove = () => rmSync(this.#folder, { recursive: true, force: true });

  #openssl(...args) {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

/** Of a new key; elliptic, which takes no time. */
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
