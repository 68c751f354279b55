// What happens to the leading host, or to the host whose etcd leads. Each event waits until another host leads, where one has to, and
// then lets the first come back.
import { setTimeout } from 'node:timers/promises';

/** How long another host leads before the old leader comes back, in milliseconds: long enough for writes that it lacks. */
const ALONE = 5000;

/** How long etcd's leader is frozen, in milliseconds: longer than a lease, so that all have run out by its clock. */
const FROZEN = 25_000;

const another = async (cluster, old, undo) => {
  try {
    await cluster.leader({ not: old });
    await setTimeout(ALONE);
  } finally {
    await undo();
  }
};

export const EVENTS = {
  'host killed': async (cluster, old) => {
    await cluster.killHost(old);
    await another(cluster, old, () => cluster.startHost(old));
  },
  'postmaster killed': async (cluster, old) => {
    cluster.killPostmaster(old);
    await setTimeout(ALONE);
  },
  'frozen and thawed': async (cluster, old) => {
    cluster.signalHost(old, 'SIGSTOP');
    await another(cluster, old, () => cluster.signalHost(old, 'SIGCONT'));
  },
  switchover: async (cluster, old) => {
    await cluster.switchOver(old);
    await another(cluster, old, () => {});
  },
  'cut from the hosts': async (cluster, old) => {
    old.cut();
    await another(cluster, old, () => old.mend());
  },
  'cut from everybody': async (cluster, old) => {
    old.cut({ fromAll: true });
    await another(cluster, old, () => old.mend());
  },
  'etcd killed': async (cluster) => {
    const keeper = await cluster.leadingKeeper();
    await cluster.killHost(keeper);
    await setTimeout(ALONE);
    cluster.startHost(keeper);
  },
  'etcd frozen and thawed': async (cluster) => {
    const keeper = await cluster.leadingKeeper();
    cluster.signalHost(keeper, 'SIGSTOP');
    await setTimeout(FROZEN);
    cluster.signalHost(keeper, 'SIGCONT');
    await setTimeout(ALONE);
  },
};

/** Whether an event needs network namespaces. */
export const isCut = (name) => name.startsWith('cut');
