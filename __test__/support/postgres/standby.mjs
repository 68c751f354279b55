// A server that follows another one.
import fs from 'node:fs';
import { join } from 'node:path';
import { other, server as shared } from './databases.mjs';
import { startServer } from './server.mjs';

/** A copy of a server that goes on meanwhile, made as pg_basebackup makes it, which is no part of what the tests install. */
export async function follow(server) {
  const at = { url: server.url() };
  const query = (text) => other().query(at, text).rows[0];
  query("SELECT pg_backup_start('of the tests', true)");
  const copy = join(server.folder, 'copy');
  fs.cpSync(server.data, copy, {
    recursive: true,
    filter: (from) => !/postmaster\.(pid|opts)$|pg_wal\/.|pg_replslot\/./.test(from),
  });
  const { labelfile } = query('SELECT labelfile FROM pg_backup_stop(false)');
  const { bin } = shared;
  const settings = { primary_conninfo: `host=${server.folder} port=${server.port} user=postgres` };
  return startServer({ bin, cluster: copy, settings, files: { backup_label: labelfile, 'standby.signal': '' } });
}
