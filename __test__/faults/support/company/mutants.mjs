// What the company must notice: small changes of the VFS, and of how it is told whether an answer still holds. Each says in
// which files what is replaced by what. They are made in a copy of the source, so that the source has no trace of them.

const COMMITS = 'src/engine/sqlite/driver/commits.rs';
const DATABASE = 'src/engine/sqlite/driver/vfs/database.rs';
const FRAMES = 'src/engine/sqlite/driver/vfs/frames.rs';
const INDEX = 'src/engine/sqlite/driver/vfs/index.rs';

const NOT_AT_THE_COMMIT = [FRAMES, 'if commits || this.held.bytes.len() >=', 'if this.held.bytes.len() >='];
const NEVER_FORGOTTEN = [DATABASE, 'held.forget();', 'let _ = held;'];

export const MUTANTS = {
  'an era that never ends: answers hold whoever has committed': [
    [COMMITS, 'if state == seen {', 'if state == seen || generation != 0 {'],
  ],
  'a blunted generation: as many frames and pages are taken for the same content': [
    [
      INDEX,
      'filter(|header| header[VERSION] == REVIEWED)',
      `filter(|header| header[VERSION] == REVIEWED)
       .map(|header| std::array::from_fn(|word| if word == 4 || word == 5 { header[word] } else { 0 }))`,
    ],
  ],
  'the frames of a commit stay in memory, and are dropped with the lock': [NOT_AT_THE_COMMIT],
  'the frames of a commit are written when it is acknowledged already': [NOT_AT_THE_COMMIT, NEVER_FORGOTTEN],
  'frames are let go of before the one that commits': [
    [
      FRAMES,
      'self.database.is_writing() && self.held.hold(header, offset)',
      `if commits(header) { self.held.bytes.clear(); }
       self.database.is_writing() && self.held.hold(header, offset)`,
    ],
  ],
  'frames of a transaction that was taken back stay for the next one': [NEVER_FORGOTTEN],
  'headers that are written again, without a page, are held back too': [
    [FRAMES, 'Latest::End(at) if at == offset && bytes.len()', 'Latest::End(_) if bytes.len()'],
  ],
  'what is held back is not read': [
    [FRAMES, 'if this.held.covers(offset, amount) {', 'if amount < 0 && this.held.covers(offset, amount) {'],
  ],
};
